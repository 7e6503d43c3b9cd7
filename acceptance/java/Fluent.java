import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowContext;

/** The fluent API of the official Java client: a context starts runs, which log and end. */
final class Fluent {
  public static void main(String[] arguments) {
    try (var client = new MlflowClient(Facts.URI)) {
      var fluent = new Fluent(client);
      fluent.hasAnExperiment();
      fluent.beginsRuns();
      fluent.logs();
      fluent.endsRuns();
    }
  }

  private final MlflowClient client;
  private final MlflowContext context;

  private Fluent(MlflowClient client) {
    this.client = client;
    context = new MlflowContext(client);
  }

  private void hasAnExperiment() {
    Facts.same("a context has the client it was given", context.getClient(), client);
    Facts.same("a context creates a client",
        new MlflowContext(Facts.URI).getClient().getExperiment("0"),
        new MlflowContext().getClient().getExperiment("0"));
    Facts.same("the experiment of a context is the default one", context.getExperimentId(), "0");
    var name = Facts.named("fluent");
    try {
      context.setExperimentName(name);
      Facts.check("a missing experiment does not change the context", false);
    } catch (IllegalArgumentException error) {
      Facts.same("a missing experiment does not change the context", context.getExperimentId(), "0");
    }
    var id = client.createExperiment(name);
    Facts.same("an experiment is chosen by name", context.setExperimentName(name).getExperimentId(), id);
    Facts.same("an experiment is chosen by id", new MlflowContext(client).setExperimentId(id).getExperimentId(), id);
  }

  private void beginsRuns() {
    var parent = context.startRun();
    var user = System.getProperty("user.name");
    var begun = run(parent);
    Facts.same("a started run is running", begun.getInfo().getStatus(), RunStatus.RUNNING);
    Facts.same("a run is in the experiment of the context", begun.getInfo().getExperimentId(), context.getExperimentId());
    Facts.same("a run has its user and a name",
        tags(begun),
        Map.of("mlflow.user", user, "mlflow.source.type", "LOCAL", "mlflow.runName", begun.getInfo().getRunName()));
    Facts.same("a run has an artifact URI", parent.getArtifactUri(), begun.getInfo().getArtifactUri());
    Facts.same("a run is started with a name", run(context.startRun("trees")).getInfo().getRunName(), "trees");
    var child = run(context.startRun("branch", parent.getId()));
    Facts.same("a run is started within another", tags(child).get("mlflow.parentRunId"), parent.getId());
    Facts.same("a search finds the children of a run",
        client.searchRuns(List.of(context.getExperimentId()), "tags.`mlflow.parentRunId` = '" + parent.getId() + "'"),
        List.of(child.getInfo()));
  }

  private void logs() {
    var active = context.startRun("logs");
    active.logParam("depth", "3");
    active.logParams(Map.of("leaf", "2", "loss", "log"));
    Facts.same("a run logs one and several parameters",
        params(run(active)), Map.of("depth", "3", "leaf", "2", "loss", "log"));
    active.setTag("team", "web");
    active.setTags(Map.of("team", "modelling", "data", "ml-1m"));
    Facts.check("a run sets one and several tags",
        tags(run(active)).entrySet().containsAll(Map.of("team", "modelling", "data", "ml-1m").entrySet()));
    active.logMetric("ndcg", 0.1);
    active.logMetric("ndcg", 0.2, 7);
    active.logMetrics(Map.of("recall", 0.3, "precision", 0.4));
    active.logMetrics(Map.of("recall", 0.5, "precision", 0.6), 9);
    Facts.same("a run has the latest step of each metric",
        metrics(run(active)),
        Map.of("ndcg", List.of(0.2, 7L), "recall", List.of(0.5, 9L), "precision", List.of(0.6, 9L)));
    Facts.same("a metric has a history",
        client.getMetricHistory(active.getId(), "recall").stream().map(Metric::getStep).sorted().toList(),
        List.of(0L, 9L));
  }

  private void endsRuns() {
    var finished = context.startRun();
    finished.endRun();
    Facts.same("a run ends as FINISHED", run(finished).getInfo().getStatus(), RunStatus.FINISHED);
    var killed = context.startRun();
    killed.endRun(RunStatus.KILLED);
    Facts.same("a run ends as KILLED", run(killed).getInfo().getStatus(), RunStatus.KILLED);
    var seen = new ArrayList<ActiveRun>();
    context.withActiveRun(seen::add);
    context.withActiveRun("named", seen::add);
    context.withActiveRun((active) -> fail(seen, active));
    context.withActiveRun("broken", (active) -> fail(seen, active));
    var infos = seen.stream().map((active) -> run(active).getInfo()).toList();
    Facts.same("a run ends with the function that it surrounds",
        infos.stream().map((info) -> info.getStatus()).toList(),
        List.of(RunStatus.FINISHED, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.FAILED));
    Facts.same("a run around a function has a name",
        List.of(infos.get(1).getRunName(), infos.get(3).getRunName()), List.of("named", "broken"));
    Facts.check("ended runs have an end time", infos.stream().allMatch((info) -> info.getEndTime() >= info.getStartTime()));
  }

  private static void fail(List<ActiveRun> seen, ActiveRun active) {
    seen.add(active);
    throw new IllegalStateException("no convergence");
  }

  private Run run(ActiveRun active) {
    return client.getRun(active.getId());
  }

  private static Map<String, String> tags(Run run) {
    return run.getData().getTagsList().stream().collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
  }

  private static Map<String, String> params(Run run) {
    return run.getData().getParamsList().stream().collect(Collectors.toMap(Param::getKey, Param::getValue));
  }

  private static Map<String, List<Object>> metrics(Run run) {
    var metrics = run.getData().getMetricsList();
    return metrics.stream().collect(Collectors.toMap(Metric::getKey, (one) -> List.of(one.getValue(), one.getStep())));
  }
}
