import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Comparisons } from './comparisons.js'

test('the tables are drawn after the page, also if their keys have loaded before it', () => {
  const comparisons = createElement(Comparisons, {
    ...{ rows: [], runs: [], search: {}, onSearch: () => undefined },
    keys: { metrics: [], params: [], tags: [] },
  })
  const html = renderToStaticMarkup(
    createElement(QueryClientProvider, { client: new QueryClient() }, comparisons),
  )
  expect(html).toContain('class="skeletons"')
  expect(html).not.toContain('<section')
})
