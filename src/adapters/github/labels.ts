import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Access } from './access.ts';
import { hasStatus, orNull } from './client/github-error.ts';

/** GitHub gives this colour, and no description, to a label that it makes because an issue is to carry it. */
const COLOR_OF_UNKNOWN = 'ededed';

export const labelOperations = (access: Access): Pick<RepositoryForge, 'ensureLabel' | 'addLabel' | 'removeLabel'> => ({
  async ensureLabel(name, color, description) {
    const { issues } = (await access.octokit()).rest;
    const find = () => orNull(issues.getLabel({ ...access.at, name }));
    // Whatever colour and description people gave it since stay as they are.
    if (await find()) return;
    try {
      await issues.createLabel({ ...access.at, name, color: color.replace(/^#/, ''), description });
    } catch (error) {
      // 422: the label was created meanwhile, or GitHub objects to the name. Only the label's existence tells which.
      if (!hasStatus(error, 422) || !(await find())) throw error;
    }
  },

  async addLabel(number, label, look) {
    const { issues } = (await access.octokit()).rest;
    const { data } = await issues.addLabels({ ...access.at, issue_number: number, labels: [label] });
    // The answer tells whether the label looks as if it was made just now, so that nobody has to ask for it before.
    if (look && data.some((one) => one.name.toLowerCase() === label.toLowerCase() && looksUnknown(one)))
      await issues.updateLabel({ ...access.at, name: label, ...look });
  },

  async removeLabel(number, label) {
    const { issues } = (await access.octokit()).rest;
    await orNull(issues.removeLabel({ ...access.at, issue_number: number, name: label }));
  },
});

const looksUnknown = ({ color, description }: { readonly color: string; readonly description: string | null }): boolean =>
  color === COLOR_OF_UNKNOWN && !description;
