import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Legend } from '../charts/legend.js'
import { Icon } from '../ui/icon.js'
import { useSize } from '../ui/use-size.js'
import type { Card } from './card.js'
import { CardContents } from './card-frame.js'
import { useCards } from './cards-context.js'
import type { CardActions } from './use-card-actions.js'

const CHROME_PX = 110
const MIN_PX = 260

interface FullScreenProps {
  readonly card: Card
  readonly actions: CardActions
}

/** A card that fills the window, in the native modal dialog. */
export function FullScreen({ card, actions }: FullScreenProps) {
  const { t } = useTranslation()
  const ref = useRef<HTMLDialogElement>(null)
  const { curveRuns } = useCards()
  const [legend, { height: legendHeight }] = useSize<HTMLDivElement>()
  const height = useWindowHeight() - CHROME_PX - legendHeight
  useEffect(() => {
    ref.current?.showModal()
  }, [])
  return (
    <CardContents
      card={card}
      height={Math.max(MIN_PX, height)}
      actions={actions}
      frame={({ title, isBusy, header, body }) => (
        <dialog
          ref={ref}
          className="dialog full-screen"
          aria-label={title}
          // React passes on the close events of the dialogs inside.
          onClose={(event) => event.target === event.currentTarget && actions.open(undefined)}
        >
          <figure className="curve-card" aria-label={title} aria-busy={isBusy}>
            <header>
              {header}
              <button
                type="button"
                className="button ghost icon-only"
                aria-label={t('common.close')}
                onClick={() => ref.current?.close()}
              >
                <Icon name="close" />
              </button>
            </header>
            <div ref={legend}>{card.kind === 'line' && <Legend runs={curveRuns} />}</div>
            {body}
          </figure>
        </dialog>
      )}
    />
  )
}

function useWindowHeight() {
  const [height, setHeight] = useState(innerHeight)
  useEffect(() => {
    const measure = () => setHeight(innerHeight)
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  return height
}
