import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.MlflowClient;

/** Metrics with their history, parameters and batches by the official Java client, which receives long integers as strings. */
final class Logging {
  public static void main(String[] arguments) {
    try (var client = new MlflowClient(Facts.URI)) {
      new Logging(client).ofParameters();
      new Logging(client).ofMetrics();
      new Logging(client).ofHistory();
      new Logging(client).ofBatches();
    }
  }

  private final MlflowClient client;
  private final String experiment;
  private final String run;

  private Logging(MlflowClient client) {
    this.client = client;
    experiment = client.createExperiment(Facts.named("logging"));
    run = client.createRun(experiment).getRunId();
  }

  private void ofParameters() {
    client.logParam(run, "depth", "3");
    client.logParam(run, "depth", "3");
    client.logParam(run, "경로/a b", "한국어 \"quoted\"\n");
    client.logParam(run, "long", "x".repeat(6000));
    Facts.same("parameters are strings",
        params(run), Map.of("depth", "3", "경로/a b", "한국어 \"quoted\"\n", "long", "x".repeat(6000)));
    Facts.refused("a parameter does not change",
        400, "Changing param values is not allowed", () -> client.logParam(run, "depth", "4"));
    client.logParam(run, "longer", "x".repeat(6001));
    Facts.same("a parameter may have 6,000 characters", params(run).get("longer"), "x".repeat(6000));
  }

  private void ofMetrics() {
    var start = System.currentTimeMillis();
    for (var value : List.of(0.9733333333333334, 123.456789123456789, 0.1 + 0.2, Double.MIN_VALUE, Double.MAX_VALUE)) {
      client.logMetric(run, "at " + value, value);
      Facts.same(value + " is read back unchanged", latest(run).get("at " + value).getValue(), value);
    }
    client.logMetric(run, "now", 1);
    var now = latest(run).get("now");
    Facts.check("a metric has the current time and step 0 by default",
        now.getTimestamp() >= start && now.getTimestamp() <= System.currentTimeMillis() && now.getStep() == 0);
    client.logMetric(run, "none", Double.NaN);
    client.logMetric(run, "most", Double.POSITIVE_INFINITY);
    client.logMetric(run, "least", Double.NEGATIVE_INFINITY);
    Facts.check("NaN is kept", Double.isNaN(latest(run).get("none").getValue()));
    Facts.check("infinity is at least the largest double", latest(run).get("most").getValue() >= Double.MAX_VALUE);
    Facts.check("negative infinity is at most the least double", latest(run).get("least").getValue() <= -Double.MAX_VALUE);
    client.logMetric(run, "steps", 1, 1000, 1);
    client.logMetric(run, "steps", 2, 2000, -5);
    client.logMetric(run, "steps", -3, 3000, 4);
    client.logMetric(run, "steps", 4, 2999, 4);
    Facts.same("the latest value has the greatest step, then the latest time",
        latest(run).get("steps"), metric("steps", -3, 3000, 4));
    Facts.same("a history is sorted by time",
        history("steps"),
        List.of(List.of(1.0, 1000L, 1L), List.of(2.0, 2000L, -5L), List.of(4.0, 2999L, 4L), List.of(-3.0, 3000L, 4L)));
    client.logMetric(run, "twice", 2);
    client.logMetric(run, "twice", -1);
    Facts.same("a step may be logged twice",
        history("twice").stream().map((one) -> one.get(2)).toList(), List.of(0L, 0L));
    Facts.refused("a time before 1970 is rejected",
        400, "Timestamp must be a nonnegative long", () -> client.logMetric(run, "early", 1, -1000, 1));
    Facts.same("a metric that was never logged has no history", history("never"), List.of());
  }

  private void ofHistory() {
    var steps = IntStream.range(0, 25_000).boxed().toList(); // the size of its pages; the client cannot append a second one
    for (var from = 0; from < steps.size(); from += 1000)
      client.logBatch(run,
          steps.subList(from, from + 1000).stream().map((step) -> metric("loss", step / 8.0, step, step)).toList(),
          null, null);
    Facts.same("a history of a full page is read",
        history("loss"), steps.stream().map((step) -> List.of(step / 8.0, (long) step, (long) step)).toList());
  }

  private void ofBatches() {
    var metrics = List.of(metric("m1", 0.081, 10, 0),
        metric("m2", 82.3, 100, 73), metric("m3", 1, 1000, 1), metric("m3", 2, 2000, 3), metric("m3", 3, 0, -2));
    client.logBatch(run, metrics, null, null);
    Facts.same("a batch may have metrics only",
        latest(run), Map.of("m1", metrics.get(0), "m2", metrics.get(1), "m3", metrics.get(3)));
    client.logBatch(run, null, List.of(param("p1", "a b"), param("3", "x")), null);
    Facts.same("a batch may have parameters only", params(run), Map.of("p1", "a b", "3", "x"));
    client.logBatch(run, null, null, List.of(tag("t1", "tag"), tag("mlflow.runName", "batch")));
    Facts.same("a batch may have tags only", tags(run), Map.of("t1", "tag", "mlflow.runName", "batch"));
    var other = client.createRun(experiment).getRunId();
    client.logBatch(other,
        List.of(metric("m", 32.23, 12, 0)), List.of(param("p", "1")),
        List.of(tag("t", "2"), tag("mlflow.runName", "all")));
    Facts.same("a batch may have metrics, parameters and tags",
        List.of(latest(other), params(other), tags(other)),
        List.of(Map.of("m", metric("m", 32.23, 12, 0)), Map.of("p", "1"), Map.of("t", "2", "mlflow.runName", "all")));
    client.logBatch(other, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Facts.refused("a batch with an invalid item is rejected",
        400, "Changing param values is not allowed",
        () -> client.logBatch(other, List.of(metric("late", 1, 1, 1)), List.of(param("p", "2")), null));
    Facts.check("a rejected batch stores nothing", !latest(other).containsKey("late"));
    var tooMany = IntStream.rangeClosed(0, 1000).mapToObj((step) -> metric("m", 1, 1, step)).toList();
    Facts.refused("the size of a batch is limited",
        400, "at most 1000",
        () -> client.logBatch(other, tooMany, null, null));
  }

  private Map<String, Metric> latest(String run) {
    var metrics = client.getRun(run).getData().getMetricsList();
    return metrics.stream().collect(Collectors.toMap(Metric::getKey, (one) -> one));
  }

  private List<List<Object>> history(String key) {
    var metrics = client.getMetricHistory(run, key);
    return metrics.stream().map((one) -> List.<Object>of(one.getValue(), one.getTimestamp(), one.getStep())).toList();
  }

  private Map<String, String> params(String run) {
    var params = client.getRun(run).getData().getParamsList();
    return params.stream().collect(Collectors.toMap(Param::getKey, Param::getValue));
  }

  private Map<String, String> tags(String run) {
    var tags = client.getRun(run).getData().getTagsList();
    return tags.stream().collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
  }

  private static Metric metric(String key, double value, long timestamp, long step) {
    return Metric.newBuilder().setKey(key).setValue(value).setTimestamp(timestamp).setStep(step).build();
  }

  private static Param param(String key, String value) {
    return Param.newBuilder().setKey(key).setValue(value).build();
  }

  private static RunTag tag(String key, String value) {
    return RunTag.newBuilder().setKey(key).setValue(value).build();
  }
}
