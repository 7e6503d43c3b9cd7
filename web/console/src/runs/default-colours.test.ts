import { expect, test } from 'vitest'
import { defaultColour, THEME_COLOURS } from './default-colours.js'

const runsOf = (experiment_id: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ run_id: `run-${experiment_id}-${i}`, experiment_id }))

test('gives as many runs as there are colours different ones, and repeats each as seldom as possible', () => {
  const colours = runsOf('colours-of-20', 20).map(defaultColour)
  expect(new Set(colours.slice(0, THEME_COLOURS.length)).size).toBe(THEME_COLOURS.length)
  for (const colour of THEME_COLOURS)
    expect([2, 3]).toContain(colours.filter((given) => given === colour).length)
})

test('a run keeps its colour when others are loaded before it', () => {
  const [first, second, ...others] = runsOf('colours-of-12', 12)
  const before = [first!, second!].map(defaultColour)
  others.map(defaultColour)
  expect([first!, second!].map(defaultColour)).toEqual(before)
})
