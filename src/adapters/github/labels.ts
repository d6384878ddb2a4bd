import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Access } from './access.ts';
import { hasStatus, orNull } from './client/github-error.ts';

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

  async addLabel(number, label) {
    const { issues } = (await access.octokit()).rest;
    await issues.addLabels({ ...access.at, issue_number: number, labels: [label] });
  },

  async removeLabel(number, label) {
    const { issues } = (await access.octokit()).rest;
    await orNull(issues.removeLabel({ ...access.at, issue_number: number, name: label }));
  },
});
