// 16 × 16 with a 1.5 px stroke in the current text colour.
const PATHS = {
  experiments: 'M6 2h4M6.75 2v4L3 12.6A1 1 0 0 0 3.9 14h8.2a1 1 0 0 0 .9-1.4L9.25 6V2M5 10h6',
  models: 'M8 2 3 4.8v6.4L8 14l5-2.8V4.8zM3 4.8 8 7.6l5-2.8M8 7.6V14',
  endpoints: 'M2.5 8h4M9.5 4.5h4M9.5 11.5h4M6.5 8l3-3.5M6.5 8l3 3.5',
  catalog:
    'M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zM3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  jobs: 'M2.5 3.5h4v3h-4zM9.5 9.5h4v3h-4zM6.5 5h2a1 1 0 0 1 1 1v5M4.5 6.5v3a1.5 1.5 0 0 0 1.5 1.5h3.5',
  prompts: 'M2.5 3.5h11v7.5H8L5 13.5V11H2.5zM5 6.2h6M5 8.4h4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6 14 14',
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.3 12 13 4.5',
  chevron: 'M6 4l4 4-4 4',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  download: 'M8 2.5V10M5 7.2 8 10l3-2.8M3 13h10',
  external: 'M6 3.5H3.5v9h9V10M9 3h4v4M13 3 7.5 8.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  system: 'M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3',
  user: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.8 13.8c.6-2.4 2.7-3.6 5.2-3.6s4.6 1.2 5.2 3.6',
  folder: 'M2 4.2c0-.6.4-1 1-1h3.2l1.4 1.6H13c.6 0 1 .4 1 1v6c0 .6-.4 1-1 1H3c-.6 0-1-.4-1-1z',
  file: 'M4 2h5.2L12 4.8V14H4zM9 2v3h3',
  table: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.2 6.3V13',
  compare: 'M5 2.5v11M11 2.5v11M2.5 5 5 2.5 7.5 5M8.5 11l2.5 2.5L13.5 11',
  warning: 'M8 2.2 14.4 13.4H1.6zM8 6.4v3.2M8 11.3v.4',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2v.3',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.4A1.7 1.7 0 1 1 8.6 8c-.4.2-.6.5-.6 1M8 11v.3',
  menu: 'M3 4.5h10M3 8h10M3 11.5h10',
  movie: 'M2.5 3.5h11v9h-11zM5 3.5v9M11 3.5v9M2.5 6.5H5M2.5 9.5H5M11 6.5h2.5M11 9.5h2.5',
  api: 'M5.5 4 2.5 8l3 4M10.5 4l3 4-3 4',
  play: 'M5 3.2v9.6L12.6 8z',
  trash: 'M3 4.5h10M6.5 4.5V2.8h3v1.7M4.3 4.5l.6 9h6.2l.6-9',
  restore: 'M3 8a5 5 0 1 1 1.6 3.7M3 4.5V8h3.4',
  shield: 'M8 2 3 3.8V8c0 3 2.1 5 5 6 2.9-1 5-3 5-6V3.8z',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
