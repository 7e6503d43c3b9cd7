import { baseUrlOf } from '@cairn/platform/http/base-url'
import type { JobRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyRequest } from 'fastify'

/** The run with the whole URL of its page, as Databricks' clients print it. */
export const withPageUrl = (run: JobRun, request: FastifyRequest, { config }: ServiceContext): JobRun => ({
  ...run,
  run_page_url: baseUrlOf(request, config.public_url) + run.run_page_url,
})
