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

/** The fluent half of the official Java client: a context begins runs, which log to themselves and end. */
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
    Facts.same("or one of its own",
        new MlflowContext(Facts.URI).getClient().getExperiment("0"),
        new MlflowContext().getClient().getExperiment("0"));
    Facts.same("its experiment is the default one", context.getExperimentId(), "0");
    var name = Facts.named("fluent");
    try {
      context.setExperimentName(name);
      Facts.check("one that is not there is not taken", false);
    } catch (IllegalArgumentException error) {
      Facts.same("one that is not there is not taken", context.getExperimentId(), "0");
    }
    var id = client.createExperiment(name);
    Facts.same("one that is there is, by name", context.setExperimentName(name).getExperimentId(), id);
    Facts.same("or by id", new MlflowContext(client).setExperimentId(id).getExperimentId(), id);
  }

  private void beginsRuns() {
    var parent = context.startRun();
    var user = System.getProperty("user.name");
    var begun = run(parent);
    Facts.same("a run has begun", begun.getInfo().getStatus(), RunStatus.RUNNING);
    Facts.same("in the context's experiment", begun.getInfo().getExperimentId(), context.getExperimentId());
    Facts.same("it is told who began it, and got a name",
        tags(begun),
        Map.of("mlflow.user", user, "mlflow.source.type", "LOCAL", "mlflow.runName", begun.getInfo().getRunName()));
    Facts.same("its artifacts have a place", parent.getArtifactUri(), begun.getInfo().getArtifactUri());
    Facts.same("a run may be named", run(context.startRun("trees")).getInfo().getRunName(), "trees");
    var child = run(context.startRun("branch", parent.getId()));
    Facts.same("or be within another", tags(child).get("mlflow.parentRunId"), parent.getId());
    Facts.same("which finds it",
        client.searchRuns(List.of(context.getExperimentId()), "tags.`mlflow.parentRunId` = '" + parent.getId() + "'"),
        List.of(child.getInfo()));
  }

  private void logs() {
    var active = context.startRun("logs");
    active.logParam("depth", "3");
    active.logParams(Map.of("leaf", "2", "loss", "log"));
    Facts.same("a run logs a parameter, and several",
        params(run(active)), Map.of("depth", "3", "leaf", "2", "loss", "log"));
    active.setTag("team", "web");
    active.setTags(Map.of("team", "modelling", "data", "ml-1m"));
    Facts.check("a tag, and several",
        tags(run(active)).entrySet().containsAll(Map.of("team", "modelling", "data", "ml-1m").entrySet()));
    active.logMetric("ndcg", 0.1);
    active.logMetric("ndcg", 0.2, 7);
    active.logMetrics(Map.of("recall", 0.3, "precision", 0.4));
    active.logMetrics(Map.of("recall", 0.5, "precision", 0.6), 9);
    Facts.same("a metric, and several, the latest step of each",
        metrics(run(active)),
        Map.of("ndcg", List.of(0.2, 7L), "recall", List.of(0.5, 9L), "precision", List.of(0.6, 9L)));
    Facts.same("and those before",
        client.getMetricHistory(active.getId(), "recall").stream().map(Metric::getStep).sorted().toList(),
        List.of(0L, 9L));
  }

  private void endsRuns() {
    var finished = context.startRun();
    finished.endRun();
    Facts.same("a run ends well", run(finished).getInfo().getStatus(), RunStatus.FINISHED);
    var killed = context.startRun();
    killed.endRun(RunStatus.KILLED);
    Facts.same("or otherwise", run(killed).getInfo().getStatus(), RunStatus.KILLED);
    var seen = new ArrayList<ActiveRun>();
    context.withActiveRun(seen::add);
    context.withActiveRun("named", seen::add);
    context.withActiveRun((active) -> fail(seen, active));
    context.withActiveRun("broken", (active) -> fail(seen, active));
    var infos = seen.stream().map((active) -> run(active).getInfo()).toList();
    Facts.same("or with what is done in it",
        infos.stream().map((info) -> info.getStatus()).toList(),
        List.of(RunStatus.FINISHED, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.FAILED));
    Facts.same("also by name",
        List.of(infos.get(1).getRunName(), infos.get(3).getRunName()), List.of("named", "broken"));
    Facts.check("at some time", infos.stream().allMatch((info) -> info.getEndTime() >= info.getStartTime()));
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
