/** Words of the runs table beyond its columns and filter. */
export const enRuns = {
  runsTable: {
    layout: 'Layout',
    layout_table: 'Table',
    layout_both: 'Table and charts',
    layout_charts: 'Charts',
    resize: 'Width of the table',
    charts: 'Charts',
    chartsOf_one: 'Charts of {{count}} run',
    chartsOf_other: 'Charts of {{count}} runs',
  },
}
