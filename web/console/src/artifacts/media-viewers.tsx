import { useTranslation } from 'react-i18next'
import { artifactUrl, embedUrl } from '../api/artifacts.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

/** An HTML page, whose scripts run in an origin of their own, or a PDF in the browser's viewer. */
export function PageViewer({ root, path, pdf = false }: ViewerProps & { readonly pdf?: boolean }) {
  const { t } = useTranslation()
  const frame = { className: 'page-frame', title: baseName(path), src: embedUrl(root, path) }
  // Browsers do not show a PDF in a sandbox; the response is a PDF in any case.
  if (pdf) return <iframe {...frame} />
  return (
    <>
      <iframe {...frame} sandbox="allow-scripts" referrerPolicy="no-referrer" />
      <p className="body muted">{t('viewer.sandbox')}</p>
    </>
  )
}

export function SoundViewer({ root, path }: ViewerProps) {
  return (
    <div className="image-preview">
      {/* biome-ignore lint/a11y/useMediaCaption: an artifact has no captions */}
      <audio controls src={artifactUrl(root, path)} aria-label={baseName(path)} />
    </div>
  )
}

export function VideoViewer({ root, path }: ViewerProps) {
  return (
    <div className="image-preview">
      {/* biome-ignore lint/a11y/useMediaCaption: an artifact has no captions */}
      <video controls src={artifactUrl(root, path)} aria-label={baseName(path)} />
    </div>
  )
}
