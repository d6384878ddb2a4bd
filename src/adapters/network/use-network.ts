import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setGlobalProxyFromEnv } from 'node:http';
import { join, resolve } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { NetworkUse } from '../../ports/inspection.ts';

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY'] as const;

/**
 * Makes every connection of this process use the proxies and trust the certificates that the environment names; called once, before
 * the first request. Node reads most of these variables only when it starts, and only from the real environment, so that .env could
 * not set them. git gets them by `gitEnvironment`; it does not know NODE_EXTRA_CA_CERTS, so a file is written for it and named in
 * GIT_SSL_CAINFO.
 */
export function useNetwork(environment: NodeJS.ProcessEnv, dataDir: string): NetworkUse {
  const proxies = useProxies(environment);
  const certificates = trustCertificates(environment, dataDir);
  return {
    notes: [...proxies.notes, ...certificates.notes],
    problems: [...proxies.problems, ...certificates.problems],
  };
}

const nothing: NetworkUse = { notes: [], problems: [] };

function useProxies(environment: NodeJS.ProcessEnv): NetworkUse {
  const named = PROXIES.flatMap((name) => {
    const url = environment[name.toLowerCase()] || environment[name];
    return url ? [{ name, url }] : [];
  });
  if (named.length === 0) return nothing;
  const wrong = named.filter(({ url }) => !isProxyUrl(url));
  if (wrong.length > 0)
    return { notes: [], problems: wrong.map(({ name }) => `${name} must be a URL like http://proxy.example.com:3128.`) };
  setGlobalProxyFromEnv(environment);
  const around = environment.no_proxy || environment.NO_PROXY;
  return {
    notes: [
      ...named.map(({ name, url }) => `${name} is ${withoutPassword(url)}`),
      around ? `NO_PROXY is ${around}` : 'NO_PROXY is not set',
    ],
    problems: [],
  };
}

const isProxyUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

function trustCertificates(environment: NodeJS.ProcessEnv, dataDir: string): NetworkUse {
  const path = environment.NODE_EXTRA_CA_CERTS;
  const forGit = environment.GIT_SSL_CAINFO;
  const problems = [
    ...(forGit ? problemsOf('GIT_SSL_CAINFO', forGit) : []),
    ...(path ? problemsOf('NODE_EXTRA_CA_CERTS', path) : []),
  ];
  if (problems.length > 0) return { notes: [], problems };
  const notes = forGit ? [`git trusts ${forGit}`] : [];
  if (!path) return { notes, problems };
  const extra = certificatesIn(path);
  const all = [...new Set([...getCACertificates('default'), ...extra])];
  setDefaultCACertificates(all);
  if (!forGit) {
    // The file that GIT_SSL_CAINFO names replaces the certificates that git trusts, so it contains those as well.
    const file = join(resolve(dataDir), 'certificates.pem');
    mkdirSync(resolve(dataDir), { recursive: true });
    writeFileSync(file, `${all.map((certificate) => certificate.trim()).join('\n')}\n`);
    environment.GIT_SSL_CAINFO = file;
  }
  return { notes: [...notes, `${extra.length} more certificate${extra.length === 1 ? '' : 's'} from ${path}`], problems };
}

function problemsOf(name: string, path: string): string[] {
  try {
    const certificates = certificatesIn(path);
    if (certificates.length === 0) return [`${name} names ${path}, which holds no certificate (PEM).`];
    for (const certificate of certificates) new X509Certificate(certificate);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [`${name} names ${path}, which cannot be read (${code ?? 'unknown error'}).`];
  }
}

const certificatesIn = (path: string): string[] =>
  readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
