import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { looksLikeMarkdown } from '../markdown/looks-like-markdown.js'
import { Markdown } from '../markdown/markdown.js'
import { CopyButton } from '../ui/copy.js'
import { Segments } from '../ui/segments.js'
import { type ChatMessage, chatMessages } from './chat-messages.js'
import { JsonText } from './json-text.js'

type Form = 'chat' | 'markdown' | 'text' | 'json'

/** Inputs or outputs: as a chat if they are one, as Markdown or text if they are, and always as JSON. */
export function ValueView({ title, value }: { title: string; value: unknown }) {
  const { t } = useTranslation()
  const heading = useId()
  const messages = useMemo(() => chatMessages(value), [value])
  const text = typeof value === 'string' ? value : undefined
  const forms: Form[] = [
    ...(messages ? (['chat'] as const) : []),
    ...(text !== undefined && looksLikeMarkdown(text) ? (['markdown'] as const) : []),
    ...(text === undefined ? [] : (['text'] as const)),
    'json',
  ]
  const [chosen, setChosen] = useState<Form>()
  const form = forms.find((one) => one === chosen) ?? forms[0]!
  if (value === undefined || value === null)
    return (
      <section className="span-value" aria-labelledby={heading}>
        <h3 id={heading}>{title}</h3>
        <p className="muted">{t('spans.noValue')}</p>
      </section>
    )
  return (
    <section className="span-value" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{title}</h3>
        {forms.length > 1 && (
          <Segments
            label={t('spans.form')}
            value={form}
            options={forms.map((one) => ({ value: one, label: t(`spanForm.${one}`) }))}
            onChange={setChosen}
          />
        )}
        <CopyButton text={text ?? JSON.stringify(value, null, 2)} />
      </header>
      {form === 'chat' && <Chat messages={messages!} />}
      {form === 'markdown' && <Markdown text={text!} />}
      {form === 'text' && <p className="value-text">{text}</p>}
      {form === 'json' && <JsonText value={value} />}
    </section>
  )
}

function Chat({ messages }: { messages: readonly ChatMessage[] }) {
  return (
    <ol className="chat">
      {messages.map(({ role, content, tools }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity
        <li key={index} className={`chat-message ${role}`}>
          <strong>{role}</strong>
          {content && (looksLikeMarkdown(content) ? <Markdown text={content} /> : <p>{content}</p>)}
          {tools.map((tool, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls have no identity
            <p key={i} className="chat-tool mono">
              {tool.name}({tool.arguments})
            </p>
          ))}
        </li>
      ))}
    </ol>
  )
}
