import { invalid } from '@cairn/platform/errors'
import {
  type Alert,
  type AlertRule,
  ExperimentAlertRules,
  JobAlertRules,
  ListAlerts,
  MarkAlertsRead,
} from '@cairn/platform/protocol/cairn/alerts'
import { pages } from '@cairn/sdk/page'
import { Command, Option } from 'commander'
import { type ConditionOptions, conditionFrom } from '../client/alert-condition.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'

const TYPES = ['experiment', 'job'] as const
type WatchedType = (typeof TYPES)[number]

/** `cairn alerts`: alerts about runs, and the rules that raise them. */
export function alertsCommand() {
  const alerts = new Command('alerts')
    .description('List alerts about runs, and manage the rules that raise them')
    .addHelpText(
      'after',
      examples(
        'cairn alerts list --unread',
        'cairn alerts add experiment 3 --name loss --metric loss --above 2',
      ),
    )
  for (const add of [addList, addRead, addRules, addAdd, addDelete]) add(alerts)
  return alerts
}

const conditionOf = ({ kind, ...of }: Alert | AlertRule) => {
  if (kind === 'metric_threshold') return `${of.metric_key} ${of.comparison} ${of.threshold}`
  return kind === 'run_stalled' ? `no metric for ${of.minutes} min` : kind.replace('_', ' ')
}

const ALERT_COLUMNS = {
  time: (row: Alert) => formatTime(row.created_at),
  state: (row: Alert) => (row.read ? 'read' : 'new'),
  rule: (row: Alert) => row.name,
  condition: conditionOf,
  value: (row: Alert) => row.value,
  object: (row: Alert) => `${row.object_type} ${row.object_name}`,
  run: (row: Alert) => row.run_id,
}

const RULE_COLUMNS = {
  id: (row: AlertRule) => row.rule_id,
  name: (row: AlertRule) => row.name,
  condition: conditionOf,
  enabled: (row: AlertRule) => (row.enabled ? 'yes' : 'no'),
  webhook: (row: AlertRule) => (row.has_webhook ? 'yes' : 'no'),
  'created by': (row: AlertRule) => row.created_by,
}

function addList(alerts: Command) {
  alerts
    .command('list')
    .description('List the newest alerts on objects that you may read')
    .addHelpText('after', examples('cairn alerts list', 'cairn alerts list --unread -o json'))
    .option('--unread', 'only unread alerts')
    .option('-n, --limit <number>', 'number of alerts', parseInteger, 50)
    .action(async ({ unread, limit }: { unread?: boolean; limit: number }, command) => {
      const { call } = connect(command)
      const max_results = Math.min(limit, 1_000)
      const newestFirst = pages(async (page_token) => {
        const page = await call(ListAlerts, { max_results, ...(page_token && { page_token }) })
        return { items: page.alerts, next: page.next_page_token }
      })
      const rows: Alert[] = []
      for await (const alert of newestFirst) {
        if (unread && alert.read) break // all later ones are read too
        if (rows.push(alert) >= limit) break
      }
      printRows(command, rows.slice(0, limit), ALERT_COLUMNS, 'No alerts.')
    })
}

function addRead(alerts: Command) {
  alerts
    .command('read')
    .description('Mark all alerts as read')
    .addHelpText('after', examples('cairn alerts read'))
    .action(async (_options: object, command) => {
      const { call } = connect(command)
      const [newest] = (await call(ListAlerts, { max_results: 1 })).alerts
      if (newest) await call(MarkAlertsRead, { read_until: newest.created_at })
    })
}

const operationsOf = (type: string) => {
  if (type === 'experiment') return ExperimentAlertRules
  if (type === 'job') return JobAlertRules
  throw invalid(`Rules belong to an ${TYPES.join(' or a ')}, not to '${type}'.`)
}

function addRules(alerts: Command) {
  alerts
    .command('rules <type> <id>')
    .description('List the rules of an experiment or a job')
    .addHelpText('after', examples('cairn alerts rules experiment 3', 'cairn alerts rules job 71'))
    .action(async (type: WatchedType, id: string, _options: object, command) => {
      const { rules } = await connect(command).call(operationsOf(type).List, { id })
      printRows(command, rules, RULE_COLUMNS, 'No rules.')
    })
}

interface NewRuleOptions extends ConditionOptions {
  readonly name: string
  readonly webhook?: string
}

/** @throws INVALID_PARAMETER_VALUE for a text that is not a number */
function parseNumber(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) throw invalid(`'${text}' is not a number.`)
  return number
}

function addAdd(alerts: Command) {
  alerts
    .command('add <type> <id>')
    .description(
      'Add a rule to an experiment or a job; without a condition it raises an alert when a run fails',
    )
    .addHelpText(
      'after',
      examples(
        'cairn alerts add experiment 3 --name loss --metric loss --above 2',
        'cairn alerts add experiment 3 --name silent --stalled 30',
        'cairn alerts add job 71 --name nightly --webhook https://example.com/hook',
      ),
    )
    .requiredOption('--name <name>', 'name of the rule')
    .option('--metric <key>', 'metric whose latest value is compared with the threshold')
    .addOption(new Option('--above <number>', 'the threshold').argParser(parseNumber).conflicts('below'))
    .addOption(new Option('--below <number>', 'the threshold').argParser(parseNumber))
    .option(
      '--stalled <minutes>',
      'raise an alert when an unfinished run logs no metric for so many minutes',
      parseInteger,
    )
    .option('--webhook <url>', 'URL that is called for each alert')
    .action(async (type: WatchedType, id: string, options: NewRuleOptions, command) => {
      const { name, webhook } = options
      const { rule } = await connect(command).call(operationsOf(type).Create, {
        ...{ id, name, ...conditionFrom(type, options) },
        ...(webhook && { webhook_url: webhook }),
      })
      printRows(command, [rule], RULE_COLUMNS)
    })
}

function addDelete(alerts: Command) {
  alerts
    .command('delete <type> <id> <rule>')
    .description('Delete a rule with its alerts')
    .addHelpText('after', examples('cairn alerts delete experiment 3 4d9f87b0-4855-4b4f-8193-f33d067ae8ca'))
    .action(async (type: WatchedType, id: string, rule_id: string, _options: object, command) => {
      await connect(command).call(operationsOf(type).Delete, { id, rule_id })
    })
}
