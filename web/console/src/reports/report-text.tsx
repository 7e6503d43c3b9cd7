import { useTranslation } from 'react-i18next'
import { Markdown } from '../markdown/markdown.js'
import { ReportBlock } from './report-block.js'
import './reports.css'

const FENCES = { cairn: (text: string, line: number) => <ReportBlock text={text} line={line} /> }

/** The Markdown of a report with its charts and tables. */
export function ReportText({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  if (!text.trim()) return <p className="muted">{t('reports.empty')}</p>
  return (
    <article className="report-text">
      <h2 className="visually-hidden">{t('reports.content')}</h2>
      <Markdown text={text} fences={FENCES} />
    </article>
  )
}
