import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './harness/root.js'

/** Tasks of a dashboard of runs, each with the test that does it. */
const ROWS: readonly (readonly [row: string, file: string, title: string])[] = [
  ['columns are chosen, moved and pinned', 'runs-table.long', 'columns are moved by drag and keyboard'],
  ['columns are resized', 'compare-runs.long', 'widths of columns are kept'],
  ['columns of thousands of metrics', 'dashboard.long', 'among thousands of metrics'],
  ['thousands of runs are scrolled', 'dashboard.long', 'scrolling reads the pages of runs'],
  ['rows are grouped with aggregates', 'runs-table.long', 'rows are grouped by nested keys'],
  [
    'filters with OR and regular expressions, and a count',
    'runs-table.long',
    'a filter is built from conditions',
  ],
  ['addresses carry the state; views of people and teams', 'runs-table.long', 'views are saved'],
  ['charts of 100,000 points', 'compare-runs.long', 'a spike of one point in 100,000'],
  [
    'axes by step, time or metric; smoothing, scales, outliers',
    'cards.long',
    'lines run over steps, time and another metric',
  ],
  ['lines are grouped', 'dashboard.long', 'lines of runs are grouped by a parameter'],
  ['small multiples by a parameter', 'dashboard.long', 'a chart for each value of a parameter'],
  ['hovering is synchronized', 'cards.long', 'hovering shows all runs sorted in every card'],
  ['parallel coordinates are brushed', 'console.long', 'brushing an axis of parallel coordinates'],
  ['kinds of charts, importance of parameters', 'cards.long', 'every kind of card draws'],
  ['a run beside better ones', 'compare-runs.long', 'compared with others from its page'],
  ['runs side by side, differences only, a baseline', 'compare-runs.long', 'many runs are compared by URL'],
  [
    'code, environments and artifacts are compared',
    'cards.long',
    'compared runs have paired tests, environments',
  ],
  ['images by step, side by side', 'cards.long', 'tables and sounds are shown side by side by step'],
  [
    'system metrics and ends of logs',
    'run-pages.long',
    'its system metrics by device, and the end of its log',
  ],
  ['addresses of other UIs', 'mlflow-links.long', 'of runs, metrics and comparisons'],
  ['pages are live', 'live', 'shows runs that are created, changed and deleted'],
  ['reports with live charts', 'shell.long', 'a report is written beside its preview'],
  ['cards are copied into reports', 'report-cards.long', 'a card is copied as the block that draws it'],
  ['colours, eyes, the first runs', 'runs-table.long', 'eyes, colours and pins of runs'],
  ['shortcuts', 'shell.long', 'shortcuts open pages and the filter'],
  ['nested runs and lineage', 'dashboard.long', 'a run shows the runs above it and its lineage'],
  ['fork history', 'dashboard.long', 'the line of runs that it was forked from'],
  ['the timeline of a model', 'run-pages.long', 'on a timeline with their aliases'],
  ['versions are compared', 'run-pages.long', "compared, also by MLflow's link"],
  ['notes in Markdown', 'run-pages.long', 'the description of a run in Markdown'],
  ['comments and mentions', 'comments.long', 'are written, mention a person who finds them'],
  ['export of tables and charts', 'cards.long', 'a card is saved as PNG, SVG and CSV'],
  ['alerts', 'alerts', 'rules on metrics and failures call their webhook'],
  ['bulk tags, deletion, restoration and purge', 'runs-table.long', 'selected runs are tagged, deleted'],
  ['runs are moved', 'console.long', 'runs are moved to another experiment'],
  ['offline runs', 'dashboard.long', 'a run that was logged offline says so'],
  ['accessible in both themes', 'browser.long', 'has no accessibility violation'],
  ['below a path', 'behind-nginx.long', 'shows sign-in, the console, live changes'],
]

test.each(ROWS)('%s', (_row, file, title) => {
  const source = readFileSync(join(root, `acceptance/${file}.test.ts`), 'utf8')
  const titles = source.split('\n').filter((line) => /^\s*(test|describe)\b|^\s+['"`]/.test(line))
  expect(titles.some((line) => line.includes(title))).toBe(true)
})
