import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.Page;

/** Searches of runs by the official Java client: filters, orders and pages. */
final class Searching {
  public static void main(String[] arguments) {
    try (var client = new MlflowClient(Facts.URI)) {
      var searching = new Searching(client);
      searching.byFilter();
      searching.inOrder();
      searching.byPage();
    }
  }

  private final MlflowClient client;
  private final List<String> experiments;
  private final List<String> ours;
  private final String shallow;
  private final String deep;

  private Searching(MlflowClient client) {
    this.client = client;
    experiments = Stream.of("first", "second").map((one) -> client.createExperiment(Facts.named(one))).toList();
    ours = experiments.subList(0, 1);
    shallow = begun(ours.get(0), 1000);
    deep = begun(ours.get(0), 2000);
    begun(experiments.get(1), 3000);
    client.logMetric(shallow, "accuracy", 0.1, 1000, 0);
    client.logMetric(shallow, "accuracy", 0.4, 1001, 1);
    client.logMetric(deep, "accuracy", 0.9);
    describe(shallow, Map.of("leaf", "2", "depth", "5"), Map.of("test", "works", "owner", "a@example.org"));
    describe(deep, Map.of("leaf", "2", "depth", "15"), Map.of("test", "also works"));
  }

  private String begun(String experiment, long start) {
    return client.createRun(CreateRun.newBuilder().setExperimentId(experiment).setStartTime(start).build()).getRunId();
  }

  private void describe(String run, Map<String, String> params, Map<String, String> tags) {
    params.forEach((key, value) -> client.logParam(run, key, value));
    tags.forEach((key, value) -> client.setTag(run, key, value));
  }

  private void byFilter() {
    var neither = List.<String>of();
    var filters = List.of(
        Map.entry("metrics.accuracy < 0", neither),
        Map.entry("metrics.accuracy > 0", List.of(deep, shallow)),
        Map.entry("metrics.accuracy < 0.3", neither),
        Map.entry("metrics.accuracy < 0.5", List.of(shallow)),
        Map.entry("metrics.accuracy > 0.5", List.of(deep)),
        Map.entry("params.leaf = '2'", List.of(deep, shallow)),
        Map.entry("params.leaf != '2'", neither),
        Map.entry("params.depth = '5'", List.of(shallow)),
        Map.entry("params.depth LIKE '1%'", List.of(deep)),
        Map.entry("tag.owner = 'a@example.org'", List.of(shallow)),
        Map.entry("tag.owner != 'a@example.org'", neither),
        Map.entry("tag.test = 'works'", List.of(shallow)),
        Map.entry("tags.test ILIKE '%WORKS' and metrics.accuracy >= 0.9", List.of(deep)),
        Map.entry("attributes.run_id IN ('" + shallow + "')", List.of(shallow)));
    for (var filter : filters)
      Facts.same("runs are found where " + filter.getKey().replaceAll("[0-9a-f]{32}", "…"),
          infos(client.searchRuns(ours, filter.getKey())), filter.getValue());
    Facts.same("a search without a filter finds all runs",
        infos(client.searchRuns(ours, null, null)), List.of(deep, shallow));
    Facts.same("a search covers several experiments", client.searchRuns(experiments, "").size(), 3);
    Facts.refused("an invalid filter is rejected",
        400, "INVALID_PARAMETER_VALUE", () -> client.searchRuns(experiments, "metrics.accuracy >"));
  }

  private void inOrder() {
    var found = client.searchRuns(ours, "", ViewType.ACTIVE_ONLY, 1000, List.of("metrics.accuracy"));
    Facts.same("runs are sorted by a metric", ids(found), List.of(shallow, deep));
    var least = found.getItems().get(0).getData();
    Facts.same("runs have the latest values of metrics",
        least.getMetricsList(),
        List.of(Metric.newBuilder().setKey("accuracy").setValue(0.4).setTimestamp(1001).setStep(1).build()));
    Facts.same("runs have their parameters",
        least.getParamsList().stream().map(Param::getKey).sorted().toList(), List.of("depth", "leaf"));
    Facts.same("runs have their tags",
        least.getTagsList().stream().map(RunTag::getKey).sorted().toList(), List.of("mlflow.runName", "owner", "test"));
    found = client.searchRuns(ours, "", ViewType.ACTIVE_ONLY, 1000, List.of("params.leaf", "metrics.accuracy DESC"));
    Facts.same("runs with equal values are sorted by the next key", ids(found), List.of(deep, shallow));
    found = client.searchRuns(experiments, null, null, 1000, List.of("metrics.accuracy DESC"));
    Facts.same("runs without the metric are last",
        List.of(ids(found).subList(0, 2), found.getPageSize()), List.of(List.of(deep, shallow), 3));
  }

  private void byPage() {
    var whole = client.searchRuns(ours, "", ViewType.ACTIVE_ONLY, 1000);
    Facts.check("two runs fit one page",
        whole.getPageSize() == 2 && !whole.hasNextPage() && whole.getNextPageToken().isEmpty());
    var first = client.searchRuns(ours, "", ViewType.ACTIVE_ONLY, 1);
    Facts.check("two runs fill two pages of one",
        first.getPageSize() == 1 && first.hasNextPage() && first.getNextPageToken().isPresent());
    var second = first.getNextPage();
    Facts.same("a page returns the next one", List.of(ids(first), ids(second)), List.of(List.of(deep), List.of(shallow)));
    Facts.check("the last page has no next one",
        !second.hasNextPage() && second.getNextPageToken().isEmpty() && second.getNextPage().getPageSize() == 0);
    var token = client.searchRuns(experiments, "", ViewType.ALL, 2, List.of("metrics.accuracy")).getNextPageToken();
    var last = client.searchRuns(experiments, "", ViewType.ALL, 2, List.of("metrics.accuracy"), token.orElseThrow());
    Facts.same("a page token keeps the order", last.getItems().get(0).getInfo().getStartTime(), 3000L);
  }

  private static List<String> infos(List<RunInfo> runs) {
    return runs.stream().map(RunInfo::getRunId).toList();
  }

  private static List<String> ids(Page<Run> page) {
    return StreamSupport.stream(page.getItems().spliterator(), false).map((run) -> run.getInfo().getRunId()).toList();
  }
}
