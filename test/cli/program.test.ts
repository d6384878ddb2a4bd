import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli } from './run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}

describe('planwright', () => {
  test.each([
    [['--help'], 0, /serve.*setup.*doctor.*validate/s],
    [['help', 'doctor'], 0, /--json/],
    [['--version'], 0, /^\d+\.\d+\.\d+$/m],
    [[], 2, /Usage: planwright/],
    [['plan'], 2, /unknown command 'plan'/],
    [['doctor', '--fast'], 2, /unknown option '--fast'/],
    [['validate', 'a', 'b'], 2, /too many arguments/],
  ])('%j ends with %i', async (args, code, said) => {
    const run = await runCli(args);
    expect(run.stdout + run.stderr).toMatch(said);
    expect(run.code).toBe(code);
  });

  test('its launcher passes on what it is given, what is said and the end', async () => {
    const launched = await runCli(['validate', 'a', 'b'], { launcher: true });
    expect(launched).toEqual(await runCli(['validate', 'a', 'b']));
    expect(launched).toMatchObject({ code: 2, stderr: expect.stringContaining('too many arguments') });
  });

  test('serve without settings lists all that is missing', async () => {
    const run = await runCli(['serve'], { cwd: folder });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/APP_ID is not set.*PRIVATE_KEY is not set.*No model provider is configured/s);
  });

  test('.env lies below the environment', async () => {
    const cwd = join(folder, 'with-env');
    write('with-env/.env', 'APP_ID=not-a-number\nPORT=99999\n');
    const run = await runCli(['serve'], { cwd, env: { PORT: '3000' } });
    expect(run.stderr).toMatch(/APP_ID must be the App ID/);
    expect(run.stderr).not.toMatch(/PORT/);
  });
});

describe('planwright validate', () => {
  const WRONG = 'version: 1\nplan: { max_component: 3 }\n';

  test.each([
    ['a file that is right', 'version: 1\n', 0, /fine\.yml: valid/],
    ['an empty file', '', 0, /fine\.yml: valid/],
    ['any model, as nobody knows here what the operator allows', 'models: { planner: { model: openai/new } }\n', 0, /valid/],
    ['a wrong key', WRONG, 1, /fine\.yml:2: .*max_components/],
  ])('%s', async (_, text, code, said) => {
    const run = await runCli(['validate', write('fine.yml', text)]);
    expect(run.stdout).toMatch(said);
    expect(run.code).toBe(code);
  });

  test('without a name it looks where the bot looks', async () => {
    const cwd = join(folder, 'repository');
    write('repository/README.md', '');
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/defaults apply/) });
    write('repository/.github/planwright.yml', WRONG);
    const run = await runCli(['validate', '--json'], { cwd });
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toEqual({
      file: '.github/planwright.yml',
      findings: [{ line: 2, message: expect.stringContaining('max_components') }],
    });
    write('repository/.github/planwright.yaml', 'version: 1\n');
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 1, stdout: expect.stringMatching(/yml:1: Both /) });
  });

  test('a link in the place of the file is said to be none, as the bot says it', async () => {
    const cwd = join(folder, 'linked');
    write('linked/settings.yml', 'version: 1\n');
    write('linked/.github/README.md', '');
    symlinkSync('../settings.yml', join(cwd, '.github/planwright.yml'));
    const run = await runCli(['validate'], { cwd });
    expect(run).toMatchObject({ code: 1, stdout: expect.stringMatching(/yml:1: .* is a symbolic link/) });
    write('linked/.github/planwright.yaml', 'version: 1\n');
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/yaml: valid/) });
  });

  test('a file that is not there was not meant', async () => {
    expect(await runCli(['validate', join(folder, 'gone.yml')])).toMatchObject({ code: 2 });
  });
});
