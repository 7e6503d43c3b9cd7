import { expect, test } from 'vitest'
import { experimentsOf, parseBlock } from './block.js'

const problemsOf = (text: string) => {
  const parsed = parseBlock(text)
  return 'problems' in parsed
    ? parsed.problems.map(({ code, line, about }) => `${line} ${code} ${about}`)
    : []
}

test('reads a chart with its options as a card', () => {
  const text =
    'experiment: films\nfilter: metrics.acc > 0.5\nruns: 3\nchart: line\ny: [loss, acc]\nlog_y: true\n'
  expect(parseBlock(text)).toEqual({
    block: {
      ...{
        experiment: 'films',
        filter: 'metrics.acc > 0.5',
        order: [],
        groupBy: [],
        runs: 3,
        title: '',
        columns: [],
      },
      card: {
        ...{ id: 'c.1', kind: 'line', section: '', width: 1, height: 1 },
        options: { y: ['loss', 'acc'], ly: ['true'] },
      },
    },
  })
})

test('reads a plot of a table file, and names a file that is missing and a plot that does not exist', () => {
  const text = 'experiment: films\nchart: plot\nfile: evaluation/predictions.json\nplot: pr\nclass: 1\n'
  expect(parseBlock(text)).toMatchObject({
    block: { card: { kind: 'plot', options: { f: ['evaluation/predictions.json'], k: ['pr'], cl: ['1'] } } },
  })
  expect(problemsOf('experiment: a\nchart: plot\nplot: pie')).toEqual(['2 missing file', '3 value plot'])
  expect(problemsOf('experiment: a\nchart: bar\ny: loss\nfile: a.json')).toEqual(['4 notForChart file'])
})

test('reads groups of runs where a chart draws them, and options by their fields', () => {
  expect(
    parseBlock(
      'experiment: a\nchart: line\ny: loss\nfacets: params.lr\ngroup_by: [params.lr, datasets.name]\n',
    ),
  ).toMatchObject({
    block: {
      groupBy: [
        { kind: 'params', key: 'lr' },
        { kind: 'datasets', key: 'name' },
      ],
      card: { options: { y: ['loss'], fa: ['params.lr'] } },
    },
  })
  const problems = 'experiment: a\nchart: line\ny: loss\ngroup_by: metrics.loss\ny_min: low\npoints: some'
  expect(problemsOf(problems)).toEqual(['4 value group_by', '5 value y_min', '6 value points'])
  expect(problemsOf('experiment: a\nchart: images\ngroup_by: params.lr\nbins: 3')).toEqual([
    '3 notForChart group_by',
    '4 notForChart bins',
  ])
})

test('reads a table, and the id of an experiment as text', () => {
  const text = 'experiment: 7\norder: metrics.acc DESC\ncolumns:\n  - metrics.acc\n  - params.lr\n'
  expect(parseBlock(text)).toMatchObject({
    block: { experiment: '7', order: ['metrics.acc DESC'], runs: 10, columns: ['metrics.acc', 'params.lr'] },
  })
})

test('names the line of each problem', () => {
  expect(problemsOf('experiment: a\nchart: pie\nrnus: 3\nruns: 0')).toEqual([
    '2 chart pie',
    '3 unknownKey rnus',
    '4 runs runs',
  ])
  expect(problemsOf('experiment: a\nchart: line')).toEqual(['2 missing y'])
  expect(problemsOf('experiment: a\nchart: line\ny: loss\ntitle: [b]')).toEqual(['4 text title'])
  expect(problemsOf('experiment: a\ncolumns: [acc]')).toEqual(['2 column acc'])
  expect(problemsOf('chart: line\ny: loss')).toEqual(['1 noExperiment experiment'])
  expect(problemsOf('experiment: a')).toEqual(['1 nothing chart'])
  expect(
    problemsOf('experiment: {a: 1}\ncolumns: [[1]]').map((one) => one.split(' ').slice(0, 2).join(' ')),
  ).toEqual(expect.arrayContaining(['1 text', '2 texts']))
  expect(problemsOf('experiment: [')[0]).toMatch(/^1 yaml /)
  expect(problemsOf('experiment: a\nfilter: *nowhere')[0]).toMatch(/^2 yaml Unresolved alias/)
  expect(problemsOf('experiment: a\n*nowhere : b')[0]).toMatch(/^2 yaml /)
  const many = `a: &a [x]\nb: &b [${Array(20).fill('*a').join()}]\nc: [${Array(20).fill('*b').join()}]`
  expect(problemsOf(many)[0]).toMatch(/^3 yaml /)
  expect(problemsOf('just text')).toEqual(['1 notMap '])
})

test('finds the experiments of all valid blocks', () => {
  const block = (experiment: string) =>
    `\`\`\`cairn\nexperiment: ${experiment}\ncolumns: [metrics.a]\n\`\`\`\n`
  const text = `# A\n${block('one')}\n\`\`\`js\nexperiment: no\n\`\`\`\n${block('two')}${block('one')}\`\`\`cairn\nbad\n\`\`\`\n`
  expect(experimentsOf(text)).toEqual({ names: ['one', 'two'], isComplete: false })
  expect(experimentsOf(block('one'))).toEqual({ names: ['one'], isComplete: true })
  expect(experimentsOf('# Text')).toEqual({ names: [], isComplete: true })
  for (const hidden of ['```cairn\nexperiment: a\n', `> ${block('a')}`, `  ${block('a')}`])
    expect(experimentsOf(hidden)).toEqual({ names: [], isComplete: false })
})
