import type { Plan } from '../domain/plan/plan.ts';
import { renderComponent, renderMarkdown } from './component-section.ts';
import { renderDataFlow } from './data-flow.ts';
import { type PlanMeta, renderHeader } from './header.ts';
import { renderLine, renderReference, renderStrong } from './line.ts';
import { renderItem } from './list.ts';
import { SECTIONS, type SectionName } from './sections.ts';
import { renderCell, renderTable } from './table.ts';

export const EDGE_CASE_COLUMNS = ['Case', 'Handling', 'Component'] as const;

/** PLAN.md. `parsePlanFile` reads back exactly this plan; empty sections are left out. */
export function renderPlanFile(plan: Plan, meta: PlanMeta): string {
  const blocks = [renderHeader(plan.title, meta)];
  const section = (name: SectionName, content: string): void => {
    if (content !== '') blocks.push(`## ${SECTIONS[name]}`, content);
  };
  section('overview', renderMarkdown(plan.overview));
  section('constraints', plan.constraints.map((constraint) => renderItem('-', renderLine(constraint), [])).join('\n'));
  section('components', plan.components.map(renderComponent).join('\n\n'));
  section('data_flow', plan.data_flow.length > 0 ? renderDataFlow(plan.data_flow) : '');
  section(
    'edge_cases',
    renderTable(
      EDGE_CASE_COLUMNS,
      plan.edge_cases.map((e) => [renderCell(e.case), renderCell(e.handling), renderReference(e.component)]),
    ),
  );
  section(
    'implementation_order',
    plan.implementation_order
      .map((step, index) => renderItem(`${index + 1}.`, renderReference(step.component), [['Because', step.rationale]]))
      .join('\n'),
  );
  section(
    'trade_offs',
    plan.trade_offs
      .map((t) =>
        renderItem('-', renderStrong(t.decision), [
          ...t.alternatives.map((a) => ['Instead of', a] as const),
          ['Because', t.reason],
        ]),
      )
      .join('\n'),
  );
  section('risks', plan.risks.map((r) => renderItem('-', renderStrong(r.risk), [['Mitigation', r.mitigation]])).join('\n'));
  section(
    'open_questions',
    plan.open_questions.map((q) => renderItem('-', renderLine(q.question), [['Assumed', q.assumption]])).join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}
