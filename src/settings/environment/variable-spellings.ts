import { PROVIDER_VARIABLES } from './provider-settings.ts';

/**
 * Variables whose values must not appear in a process list or a shell's history. Each may be given as a file instead: `NAME_FILE`.
 */
export const SECRET_VARIABLES: readonly string[] = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  'DATABASE_URL',
  'CLIENT_SECRET',
  'ADMIN_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  ...PROVIDER_VARIABLES.keys,
];

export const fileVariable = (name: string): string => `${name}_FILE`;

/** The private key has had a file variable under another name before there was a rule. */
const SPELLINGS: readonly (readonly string[])[] = SECRET_VARIABLES.map((name) =>
  name === 'PRIVATE_KEY' ? [name, fileVariable(name), 'PRIVATE_KEY_PATH'] : [name, fileVariable(name)],
);

/** Every name under which the value of this variable may be given, itself included. */
export const spellingsOf = (name: string): readonly string[] => SPELLINGS.find((names) => names.includes(name)) ?? [name];
