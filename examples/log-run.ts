/**
 * Logs a parent run with a child for each setting, and prints the best one.
 *
 * npx tsx examples/log-run.ts, in a project with @cairn/sdk
 */
import { withRun } from '@cairn/sdk/run'

const SETTINGS = [16, 32, 64]

await withRun({ experiment: 'examples', name: 'sweep' }, async (parent) => {
  const results = await Promise.all(
    SETTINGS.map((factors) =>
      withRun({ name: `als-${factors}` }, async (run) => {
        await run.logParams({ factors })
        for (let epoch = 0; epoch < 10; epoch++)
          await run.logMetrics({ loss: 1 / (epoch + factors) }, { step: epoch })
        const ndcg_at_10 = factors / 1000
        await run.logMetrics({ ndcg_at_10 })
        return { factors, ndcg_at_10 }
      }),
    ),
  )
  const [best] = results.toSorted((a, b) => b.ndcg_at_10 - a.ndcg_at_10)
  await parent.logMetrics({ ndcg_at_10: best!.ndcg_at_10 })
  process.stdout.write(`the best of ${results.length} runs has ${best!.factors} factors\n`)
})
