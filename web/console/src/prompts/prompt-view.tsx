import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { CopyButton } from '../ui/copy.js'
import { partsOf, promptMessages, promptText } from './prompt-text.js'

/** The template with its variables highlighted; a chat as its messages. */
export function PromptView({ version }: { version: ModelVersion }) {
  const { t } = useTranslation()
  const messages = promptMessages(version)
  return (
    <div className="prompt-view">
      <CopyButton text={promptText(version)} label={t('prompts.copy')} />
      {messages ? (
        <ol className="stack">
          {messages.map(({ role, content }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity
            <li key={index}>
              <strong className="muted">{role}</strong>
              <Template text={content} />
            </li>
          ))}
        </ol>
      ) : (
        <Template text={promptText(version)} />
      )}
    </div>
  )
}

const Template = ({ text }: { text: string }) => (
  <p className="template">
    {partsOf(text).map(({ text: part, isVariable, start }) =>
      isVariable ? (
        <mark key={start} className="mono">
          {part}
        </mark>
      ) : (
        part
      ),
    )}
  </p>
)
