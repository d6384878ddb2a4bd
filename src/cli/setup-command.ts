import { Command } from 'commander';
import { type End, EXIT } from './exit-codes.ts';

export const setupCommand = (end: End): Command =>
  new Command('setup').description('make the GitHub App in your browser and write .env').action(() => end(EXIT.ok));
