import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { diffPrompts } from './prompt-diff.js'
import { readableText } from './prompt-text.js'

const SIGN = { same: ' ', removed: '−', added: '+' } as const

/** Two versions line by line, with the changed words of changed lines. */
export function PromptDiff({ before, after }: { before: ModelVersion; after: ModelVersion }) {
  const { t } = useTranslation()
  const lines = useMemo(() => diffPrompts(readableText(before), readableText(after)), [before, after])
  const title = t('prompts.diff', { before: before.version, after: after.version })
  if (lines.every(({ kind }) => kind === 'same')) return <p className="muted">{t('prompts.identical')}</p>
  return (
    <figure className="prompt-diff" aria-label={title}>
      <figcaption className="muted">{title}</figcaption>
      {lines.map(({ kind, words }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity
        <p key={index} className={kind}>
          <span aria-hidden="true">{SIGN[kind]}</span>
          {kind !== 'same' && <span className="visually-hidden">{t(`prompts.${kind}`)}: </span>}
          <span>
            {words.map(({ text, isChanged }, i) => {
              const Word = !isChanged ? 'span' : kind === 'removed' ? 'del' : 'ins'
              // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity
              return <Word key={i}>{text}</Word>
            })}
          </span>
        </p>
      ))}
    </figure>
  )
}
