import { expect, test } from 'vitest'
import { figureText } from './log-figure.js'

const plot = { data: [{ y: [1, 2], name: '</script><b>' }], layout: { title: 'x' } }

test('text and elements are written as they are', () => {
  expect(figureText('<svg/>', 'a.svg')).toBe('<svg/>')
  expect(figureText({ outerHTML: '<svg id="e"/>' }, 'a.svg')).toBe('<svg id="e"/>')
})

test('a figure of Plotly becomes a page that no text in it can break', () => {
  const page = figureText(plot, 'a.html')
  expect(page.match(/<\/script>/g)).toHaveLength(2)
  const [data] = JSON.parse(/newPlot\('figure', \.\.\.(.*)\)</.exec(page)![1]!) as [object]
  expect(data).toEqual(plot.data)
  expect(JSON.parse(figureText(plot, 'a.json'))).toEqual(plot)
  expect(() => figureText(plot, 'a.png')).toThrow(TypeError)
})
