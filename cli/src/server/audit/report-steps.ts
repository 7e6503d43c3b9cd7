import { CANARY, type Step } from './steps.js'

const REPORTS = '/api/cairn/v1/reports'

export const REPORT_STEPS: readonly Step[] = [
  {
    ...{ action: 'createReport', object: 'report', request: () => `POST ${REPORTS}` },
    body: () => ({ title: 'Weekly', content: CANARY }),
    keep: ({ report }) => ({ report: report.report_id }),
  },
  {
    ...{ action: 'updateReport', object: 'report', request: ({ report }) => `PATCH ${REPORTS}/${report}` },
    body: () => ({ content: `${CANARY} again` }),
  },
  { action: 'deleteReport', object: 'report', request: ({ report }) => `DELETE ${REPORTS}/${report}` },
]
