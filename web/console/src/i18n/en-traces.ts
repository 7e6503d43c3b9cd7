/** Words of the pages beside the runs of an experiment. */
export const enTraces = {
  experimentTabs: {
    label: 'Pages of the experiment',
    runs: 'Runs',
  },
}
