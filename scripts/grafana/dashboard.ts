import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** One line, or family of lines, of a panel. */
interface Line {
  readonly expr: string;
  /** With labels in double braces. */
  readonly legend: string;
}

const SOURCE = { type: 'prometheus', uid: '$source' };
const WIDTH = 24;

/** The dashboard as Grafana imports it, made with Grafana's own builders, so that its types are its schema. */
export function grafanaDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Planwright')
    .uid('planwright')
    .description('Tasks, models, money, GitHub and deliveries of a Planwright.')
    .tags(['planwright'])
    .timezone('browser')
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('instance')
        .label('Process')
        .datasource(SOURCE)
        .query('label_values(planwright_queue_wait_seconds_count, instance)')
        .multi(true)
        .refresh(VariableRefresh.OnDashboardLoad)
        .includeAll(true)
        .current({ text: 'All', value: '$__all' })
        .allValue('.*'),
    )
    .withRow(new RowBuilder('Tasks'))
    .withPanel(stat('Open tasks', 'short', 'sum(max by (state) (planwright_tasks{state!~"done|cancelled|failed|gone"}))'))
    .withPanel(stat('Waiting for a person', 'short', 'sum(max by (state) (planwright_tasks{state=~"questions|review|blocked"}))'))
    .withPanel(stat('Dollars in 24 h', 'currencyUSD', `sum(increase(planwright_model_cost_dollars_total${OURS}[24h]))`))
    .withPanel(
      stat(
        'Deliveries not accepted in 24 h',
        'short',
        `sum(increase(planwright_webhook_deliveries_total{${INSTANCE}, outcome=~"failed|late|busy|cut_off|forged"}[24h]))`,
      ),
    )
    .withPanel(series('Tasks by state', 'short', [line('max by (state) (planwright_tasks)', '{{state}}')]))
    .withPanel(
      series('Work in the queues', 'short', [
        line('max by (queue, status) (planwright_queue_workflows)', '{{queue}} {{status}}'),
      ]),
    )
    .withPanel(series('Wait in the queues, p95', 's', [p95('planwright_queue_wait_seconds', 'queue')]))
    .withPanel(series('Duration of workflows, p95', 's', [p95('planwright_workflow_duration_seconds', 'workflow')]))
    .withPanel(
      series('Workflows that ended', 'ops', [
        rate('planwright_workflow_duration_seconds_count', 'workflow, outcome', '{{workflow}} {{outcome}}'),
      ]),
    )
    .withRow(new RowBuilder('Models'))
    .withPanel(
      series('Dollars an hour', 'currencyUSD', [
        line(
          `sum by (role, model) (rate(planwright_model_cost_dollars_total${OURS}[$__rate_interval])) * 3600`,
          '{{role}} {{model}}',
        ),
      ]),
    )
    .withPanel(series('Tokens a second', 'short', [rate('planwright_model_tokens_total', 'kind', '{{kind}}')]))
    .withPanel(
      series('Turns a minute', 'short', [
        line(`sum by (role, model) (rate(planwright_model_turns_total${OURS}[$__rate_interval])) * 60`, '{{role}} {{model}}'),
      ]),
    )
    .withPanel(series('Latency of a request, p95', 's', [p95('planwright_model_request_duration_seconds', 'model')]))
    .withPanel(
      series('Errors of providers', 'ops', [rate('planwright_model_errors_total', 'model, reason', '{{model}} {{reason}}')]),
    )
    .withPanel(
      series('Turns that failed, and turns of unknown price', 'ops', [
        rate('planwright_model_failed_turns_total', 'model, reason', '{{model}} {{reason}}'),
        rate('planwright_model_unpriced_turns_total', 'model', '{{model}} unknown price'),
      ]),
    )
    .withRow(new RowBuilder('GitHub'))
    .withPanel(
      series('Requests', 'reqps', [
        rate('planwright_github_requests_total', 'api, method, status', '{{api}} {{method}} {{status}}'),
      ]),
    )
    .withPanel(
      series('What is left of the limits', 'percentunit', [
        line(
          'min by (installation, resource) (planwright_github_rate_limit_remaining / planwright_github_rate_limit_limit)',
          '{{installation}} {{resource}}',
        ),
      ]),
    )
    .withPanel(
      series('Until the limits are full again', 's', [
        line(
          'max by (installation, resource) (planwright_github_rate_limit_reset_timestamp_seconds) - time()',
          '{{installation}} {{resource}}',
        ),
      ]),
    )
    .withPanel(series('Answers, p95', 's', [p95('planwright_github_request_duration_seconds', 'api')]))
    .withRow(new RowBuilder('Deliveries'))
    .withPanel(series('Deliveries by outcome', 'reqps', [rate('planwright_webhook_deliveries_total', 'outcome', '{{outcome}}')]))
    .withPanel(series('Acknowledgement, p99', 's', [quantile(0.99, 'planwright_webhook_acknowledgement_seconds', 'event')]))
    .withPanel(series('Lag from the event to its delivery, p95', 's', [p95('planwright_webhook_delivery_lag_seconds', 'event')]))
    .withRow(new RowBuilder('Processes'))
    .withPanel(series('Memory', 'bytes', [line(`process_resident_memory_bytes${OURS}`, '{{instance}}')]))
    .withPanel(
      series('Processor time', 'percentunit', [line(`rate(process_cpu_seconds_total${OURS}[$__rate_interval])`, '{{instance}}')]),
    )
    .withPanel(series('Delay of the event loop, p99', 's', [line(`nodejs_eventloop_lag_p99_seconds${OURS}`, '{{instance}}')]))
    .withPanel(
      series('Removed by retention, an hour', 'short', [
        line(`sum by (what) (increase(planwright_pruned_total${OURS}[1h]))`, '{{what}}'),
      ]),
    )
    .build();
  // The builders leave ids to Grafana, which wants them where panels are linked to.
  return { ...dashboard, panels: dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [] };
}

const INSTANCE = 'instance=~"$instance"';
const OURS = `{${INSTANCE}}`;

const line = (expr: string, legend: string): Line => ({ expr, legend });
const rate = (metric: string, by: string, legend: string): Line =>
  line(`sum by (${by}) (rate(${metric}${OURS}[$__rate_interval]))`, legend);
const quantile = (q: number, histogram: string, by: string): Line =>
  line(`histogram_quantile(${q}, sum by (le, ${by}) (rate(${histogram}_bucket${OURS}[$__rate_interval])))`, `{{${by}}}`);
const p95 = (histogram: string, by: string): Line => quantile(0.95, histogram, by);

const query = ({ expr, legend }: Line, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .datasource(SOURCE)
    .refId(String.fromCharCode(65 + index))
    .expr(expr)
    .legendFormat(legend);

function series(title: string, unit: string, lines: readonly Line[]): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .datasource(SOURCE)
    .unit(unit)
    .min(0)
    .height(8)
    .span(WIDTH / 2)
    .fillOpacity(8);
  return lines.reduce((built, each, index) => built.withTarget(query(each, index)), panel);
}

const stat = (title: string, unit: string, expr: string): StatBuilder =>
  new StatBuilder()
    .title(title)
    .datasource(SOURCE)
    .unit(unit)
    .height(4)
    .span(WIDTH / 4)
    .withTarget(query(line(expr, title), 0));
