import type { Component } from './plan.ts';

/** Where a finished change does not do what its component of the plan says, according to the reviewer. */
export interface ReviewFinding {
  /** The acceptance criterion, or the sentence of the contract, in the plan's words. */
  readonly criterion: string;
  readonly path: string;
  /** In the changed file, from 1; null: the file as a whole, or something that is missing from it. */
  readonly line: number | null;
  readonly problem: string;
}

/** The index of the acceptance criterion that a text names, by its number or in its words; null where it names none. */
export function criterionNamed(text: string, { acceptance_criteria }: Pick<Component, 'acceptance_criteria'>): number | null {
  const number = /^(?:criterion\s+)?(\d{1,3})[.):]?$/i.exec(text.trim())?.[1];
  const index = number === undefined ? acceptance_criteria.findIndex((one) => words(one) === words(text)) : Number(number) - 1;
  return acceptance_criteria[index] === undefined ? null : index;
}

/** The words alone: a model repeats them with different markup, numbering, spacing and punctuation. */
const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[`*_\\"]/g, '')
    .replace(/^\s*\d{1,3}[.)]\s+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.;]$/, '');
