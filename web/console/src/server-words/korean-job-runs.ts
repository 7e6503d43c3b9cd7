/** A message of the server by its pattern, and its Korean text from the groups. */
export type Sentence = readonly [pattern: RegExp, korean: (...groups: string[]) => string]

const RESULTS: Readonly<Record<string, string>> = {
  ...{ SUCCESS: '성공', FAILED: '실패', CANCELED: '취소됨', TIMEDOUT: '시간 초과' },
  ...{ MAXIMUM_CONCURRENT_RUNS_REACHED: '동시 실행 한도로 건너뜀' },
}

const STOPPED: readonly Sentence[] = [
  [/^The run was canceled\.$/, () => '작업 실행이 취소되었어요.'],
  [/^The run exceeded its timeout\.$/, () => '작업 실행이 제한 시간을 넘었어요.'],
  [/^The task exceeded its timeout\.$/, () => '태스크가 제한 시간을 넘었어요.'],
  [
    /^The worker is closing; another one will continue the task\.$/,
    () => '워커가 종료되어 다른 워커에서 태스크를 이어서 실행해요.',
  ],
  [
    /^The lease of the task expired; another worker may have taken it over\.$/,
    () => '태스크의 리스가 만료되어 다른 워커가 태스크를 넘겨받았을 수 있어요.',
  ],
  [
    /^The attempt ended before it was assigned: its lease expired\.$/,
    () => '리스가 만료되어 시도가 할당 전에 끝났어요.',
  ],
  [/^The worker that executed this task was lost\.$/, () => '태스크를 실행하던 워커와 연결이 끊겼어요.'],
  [/^The worker could not execute the task\.$/, () => '워커에서 태스크를 실행하지 못했어요.'],
  [
    /^The job has reached its maximum of concurrent runs, and its queue is not enabled\.$/,
    () => '동시 실행 한도에 도달했고 대기열을 쓰지 않는 작업이어서 건너뛰었어요.',
  ],
  [/^The run of the other job was deleted\.$/, () => '다른 작업의 실행이 삭제되었어요.'],
  [
    /^Pruned at step (\S+): (\S+) is worse than (\S+), the median of (\d+) trials\.$/,
    (step, value, median, trials) =>
      `스텝 ${step}의 값(${value})이 트라이얼 ${trials}개의 중앙값(${median})보다 나빠 조기 중단되었어요.`,
  ],
]

const WAITING: readonly Sentence[] = [
  [/^Waiting for another run of this job to end\.$/, () => '이 작업의 다른 실행이 끝나기를 기다리고 있어요.'],
  [
    /^Waits for a free worker that runs code of jobs\.$/,
    () => '작업의 코드를 실행할 워커를 기다리고 있어요.',
  ],
  [
    /^Waits for a free worker that runs code of jobs and has the labels (.+)\.$/,
    (labels) => `작업의 코드를 실행할 워커를 기다리고 있어요. 필요한 라벨: ${labels}`,
  ],
]

const PROCESSES: readonly Sentence[] = [
  [/^The process ended with exit code (\d+)\.?$/, (code) => `프로세스 종료 코드: ${code}`],
  [
    /^The process ended with exit code (\d+): (.+)$/s,
    (code, line) => `프로세스 종료 코드: ${code} (${line})`,
  ],
  [
    /^The process was ended by SIGKILL; its memory may have run out\.$/,
    () => '프로세스가 SIGKILL로 종료되었어요. 메모리가 부족했을 수 있어요.',
  ],
  [/^The process was ended by (\w+)\.$/, (signal) => `프로세스가 ${signal} 시그널로 종료되었어요.`],
  [/^The process could not be started: (.+)$/s, (reason) => `프로세스를 시작하지 못했어요: ${reason}`],
  [
    /^The (?:training )?process (?:of the query )?ended with (?:code )?(\w+)\.?(?: (.+))?$/s,
    (end, line) => `프로세스 종료: ${end}${line ? ` (${line})` : ''}`,
  ],
]

const VALUES: readonly Sentence[] = [
  [/^The reference (\{\{.+\}\}) has no value\.$/s, (reference) => `값이 없는 참조예요: ${reference}`],
  [
    /^condition_task: (left|right): '(.*)' is not a number, which (\w+) needs\.$/s,
    (side, text, op) => `조건의 ${side} 값이 숫자가 아니에요: '${text}'. ${op} 연산에는 숫자가 필요해요.`,
  ],
  [
    /^for_each_task: inputs is not a list; pass .+$/,
    () => '반복할 입력이 목록이 아니에요. JSON 목록이나 목록을 가리키는 참조를 입력하세요.',
  ],
  [
    /^for_each_task: inputs has (\d+) items; the limit is (\d+)\.$/,
    (count, limit) => `반복할 입력이 ${count}개예요. ${limit}개까지 쓸 수 있어요.`,
  ],
  [
    /^No trial that succeeded has the metric '(.+)'\.$/,
    (metric) => `성공한 트라이얼 중에 메트릭 '${metric}' 값이 있는 트라이얼이 없어요.`,
  ],
]

/**
 * Messages about runs and tasks of jobs.
 *
 * @param koreanState translates the message of a run inside another message
 */
export const jobRunSentences = (
  koreanState: (message: string) => string | undefined,
): readonly Sentence[] => [
  [/^Failed: (.+)$/s, (tasks) => `실패한 태스크: ${tasks}`],
  [
    /^(\d+) of (\d+) iterations did not succeed\.$/,
    (failed, total) => `반복 ${total}개 중 ${failed}개가 성공하지 못했어요.`,
  ],
  [/^sql_task: (.+)$/s, (reason) => `SQL 쿼리: ${koreanState(reason) ?? reason}`],
  ...[...STOPPED, ...WAITING, ...PROCESSES, ...VALUES],
  [
    /^Run (\d+) of job (\d+) ended with (\w+)\.\s?(.*)$/s,
    (run, job, result, rest) =>
      [`작업 ${job}의 실행 ${run} 결과: ${RESULTS[result] ?? result}`, rest && (koreanState(rest) ?? rest)]
        .filter(Boolean)
        .join('. '),
  ],
]
