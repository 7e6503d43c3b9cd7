import { expect, test } from 'vitest'
import { completeFilter } from './filter-completion.js'

const WORDS = {
  tags: ['env', 'my team'],
  metadata: ['mlflow.trace.session'],
  feedback: ['helpful'],
  expectations: [],
  names: ['recommend'],
}
const suggested = (text: string) => completeFilter(text, text.length, WORDS)

test('suggests fields at the start, after AND and in parentheses, by what is typed', () => {
  expect(suggested('').suggestions).toContain('status')
  expect(suggested('statu')).toEqual({ from: 0, suggestions: ['status', 'span.status'] })
  expect(suggested("status = 'OK' AND my")).toEqual({ from: 18, suggestions: ['tags.`my team`'] })
  expect(suggested('(feed').suggestions).toEqual(['feedback.helpful'])
})

test('suggests the comparators of the field, its values, and how to go on', () => {
  expect(suggested('execution_time_ms ').suggestions).toEqual(['>', '>=', '<', '<=', '=', '!='])
  expect(suggested('trace.text ').suggestions).toEqual(['LIKE', 'ILIKE'])
  expect(suggested('status = ').suggestions).toEqual(["'OK'", "'ERROR'", "'IN_PROGRESS'"])
  expect(suggested('attributes.name = ').suggestions).toEqual(["'recommend'"])
  expect(suggested("span.type IN ('LLM', ").suggestions).toContain("'TOOL'")
  expect(suggested("status = 'OK' ").suggestions).toEqual(['AND', 'OR'])
  expect(suggested('tags.env IS NULL ').suggestions).toEqual(['AND', 'OR'])
})

test('suggests nothing for an unfinished value', () => {
  expect(suggested("tags.env = 'pro").suggestions).toEqual([])
})
