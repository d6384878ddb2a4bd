// `npm run replies`: every text the bot can write, as Markdown with sample values, to be read by a person in one go.
import { SAMPLES, type Sample } from './samples.ts';

const page = [
  '# What Planwright says',
  ...Object.entries(SAMPLES).flatMap(([title, samples]) => [`## ${title}`, ...samples.map(show)]),
];
console.log(page.join('\n\n'));

function show({ says, when, text }: Sample): string {
  const body = typeof text === 'string' ? text : `**${text.name}: ${text.conclusion}. ${text.title}**\n\n${text.summary}`;
  return [`### ${says}`, `*${when}*`, body.replace(/<!--.*?-->\n?/gs, '').trim(), '---'].join('\n\n');
}
