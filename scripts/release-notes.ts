// Prints what CHANGELOG.md says about the version of a tag, for the release on GitHub: node scripts/release-notes.ts v1.2.3
// Needs no dependencies, and refuses a tag that package.json or CHANGELOG.md does not know.
import { readFileSync } from 'node:fs';

/** @returns the text below the heading of the version, or what is wrong. */
export function releaseNotes(tag: string, version: string, changelog: string): { notes: string } | { problem: string } {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) return { problem: `${tag} is not a tag like v1.2.3` };
  if (tag !== `v${version}`) return { problem: `The tag is ${tag}, and package.json has version ${version}` };
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.match(/^\[?v?([\d.]+)\]?(?:\s|$)/)?.[1] === version);
  if (section === undefined) return { problem: `CHANGELOG.md has no heading for ${version}` };
  const notes = section.slice(section.indexOf('\n') + 1).trim();
  return notes === '' ? { problem: `CHANGELOG.md says nothing about ${version}` } : { notes };
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const found = releaseNotes(process.argv[2] ?? '', version, readFileSync('CHANGELOG.md', 'utf8'));
  if ('problem' in found) {
    console.error(found.problem);
    process.exit(1);
  }
  console.log(found.notes);
}
