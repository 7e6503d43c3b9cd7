import { useMemo } from 'preact/hooks'
import type { Film } from '../films/film.js'
import { useLanguage, useMessages } from '../i18n/use-messages.js'
import { type Art, artOf } from './art.js'
import { initialsOf } from './lettering.js'
import { HEIGHT, type Shape, WIDTH } from './shape.js'

/** A generated poster. Hidden from screen readers, because the title always appears beside it. */
export function Poster({ film, small = false }: { film: Film; small?: boolean }) {
  const language = useLanguage()
  const title = (language === 'ko' && film.koreanTitle) || film.title
  const art = useMemo(() => artOf(film, title), [film, title])
  const { ground, main, second, ink } = art.palette
  return (
    <svg
      class="poster"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      style={{ '--ground': ground, '--main': main, '--second': second, '--ink': ink }}
    >
      <rect width={WIDTH} height={HEIGHT} fill="var(--ground)" />
      <Shapes of={art.backdrop} />
      {small ? (
        <text class="poster-initials" x="96" y="190">
          {initialsOf(title)}
        </text>
      ) : (
        <>
          <g transform={`translate(${art.focus[0]} ${art.focus[1]}) scale(${art.scale})`}>
            <Shapes of={art.motif} />
          </g>
          <Title art={art} year={film.year} />
        </>
      )}
    </svg>
  )
}

function Shapes({ of }: { of: readonly Shape[] }) {
  return of.map(({ d, fill, stroke, width, opacity }) => (
    <path
      d={d}
      fill={fill ? `var(--${fill})` : 'none'}
      {...(stroke && { stroke: `var(--${stroke})`, 'stroke-width': width })}
      opacity={opacity}
    />
  ))
}

const LINE = 1.08
const SUBTITLE = 14

function Title({ art, year }: { art: Art; year: number | undefined }) {
  const { genre } = useMessages()
  const { lines, size, subtitle, top, style } = art.title
  const below = subtitle ? SUBTITLE : 0
  const first = style.includes('top') ? top + size * 0.78 : top - below - (lines.length - 1) * size * LINE - 6
  const last = first + (lines.length - 1) * size * LINE
  const facts = [year, art.genre && genre[art.genre as keyof typeof genre]].filter(Boolean).join('  ·  ')
  return (
    <g class={`poster-title ${style}`}>
      {lines.map((line, i) => (
        <text x="18" y={first + i * size * LINE} font-size={size}>
          {line}
        </text>
      ))}
      {subtitle && (
        <text class="poster-subtitle" x="18" y={last + SUBTITLE}>
          {subtitle}
        </text>
      )}
      <text class="poster-facts" x="18" y="284">
        {facts}
      </text>
    </g>
  )
}
