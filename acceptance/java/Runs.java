import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;

/** Runs by the official Java client: created, ended, tagged, nested, deleted and restored. */
final class Runs {
  public static void main(String[] arguments) {
    try (var client = new MlflowClient(Facts.URI)) {
      new Runs(client).areMade();
      new Runs(client).end();
      new Runs(client).areTagged();
      new Runs(client).areDeleted();
    }
  }

  private final MlflowClient client;
  private final String experiment;

  private Runs(MlflowClient client) {
    this.client = client;
    experiment = client.createExperiment(Facts.named("runs"));
  }

  private void areMade() {
    var start = System.currentTimeMillis();
    var made = client.createRun(experiment);
    Facts.check("a new run is running and active",
        made.getStatus() == RunStatus.RUNNING && made.getLifecycleStage().equals("active"));
    Facts.same("a run has both fields of its id and its experiment",
        List.of(made.getExperimentId(), made.getRunUuid()), List.of(experiment, made.getRunId()));
    Facts.same("a run has its user", made.getUserId(), System.getProperty("user.name"));
    Facts.check("a run has its start time",
        made.getStartTime() >= start && made.getStartTime() <= System.currentTimeMillis() && made.getEndTime() == 0);
    Facts.check("a run has an artifact URI", made.getArtifactUri().endsWith(made.getRunId() + "/artifacts"));
    Facts.same("a run is read back unchanged", client.getRun(made.getRunId()).getInfo(), made);
    Facts.same("a new run has a name and no parent",
        tags(made.getRunId()), Map.of("mlflow.runName", made.getRunName()));
    Facts.same("an experiment lists its runs", client.listRunInfos(experiment), List.of(made));
    Facts.same("a run is created in the default experiment", client.createRun().getExperimentId(), "0");
    var request = CreateRun.newBuilder().setExperimentId(experiment).setRunName("trees").setStartTime(1234567890123L);
    request.addTags(RunTag.newBuilder().setKey("kind").setValue("xgboost"));
    var asked = client.createRun(request.build());
    Facts.same("a run is created with a name and a start time",
        List.of(asked.getRunName(), asked.getStartTime()), List.of("trees", 1234567890123L));
    Facts.same("a run is created with tags", tags(asked.getRunId()), Map.of("kind", "xgboost", "mlflow.runName", "trees"));
    Facts.same("runs are listed latest first",
        ids(client.listRunInfos(experiment)), List.of(made.getRunId(), asked.getRunId()));
    Facts.refused("a run in a missing experiment is rejected",
        404, "No Experiment with id=987654321 exists", () -> client.createRun("987654321"));
    Facts.refused("a missing run is not found",
        404, "Run with id=nowhere not found", () -> client.getRun("nowhere"));
  }

  private void end() {
    var finished = client.createRun(experiment).getRunId();
    client.setTerminated(finished);
    var info = client.getRun(finished).getInfo();
    Facts.same("a run finishes", info.getStatus(), RunStatus.FINISHED);
    Facts.check("a finished run has its end time", info.getEndTime() >= info.getStartTime() && info.getEndTime() <= System.currentTimeMillis());
    for (var status : List.of(RunStatus.FAILED, RunStatus.KILLED, RunStatus.SCHEDULED)) {
      var run = client.createRun(experiment).getRunId();
      client.setTerminated(run, status);
      Facts.same("a run gets the status " + status, client.getRun(run).getInfo().getStatus(), status);
    }
    client.setTerminated(finished, RunStatus.FAILED, 1234567890123L);
    Facts.same("a run ends at the given time", client.getRun(finished).getInfo().getEndTime(), 1234567890123L);
    Facts.same("an experiment lists the statuses of its runs",
        client.listRunInfos(experiment).stream().filter((run) -> run.getRunId().equals(finished)).toList(),
        List.of(client.getRun(finished).getInfo()));
  }

  private void areTagged() {
    var parent = client.createRun(experiment).getRunId();
    var child = client.createRun(CreateRun.newBuilder().setExperimentId(experiment).build()).getRunId();
    client.setTag(child, "mlflow.parentRunId", parent);
    Facts.same("a tag names the parent of a run", tags(child).get("mlflow.parentRunId"), parent);
    client.setTag(child, "color", "red");
    client.setTag(child, "color", "파랑");
    Facts.same("a tag changes", tags(child).get("color"), "파랑");
    client.setTag(child, "mlflow.runName", "renamed");
    Facts.same("the tag mlflow.runName is the name of a run", client.getRun(child).getInfo().getRunName(), "renamed");
    client.deleteTag(child, "color");
    Facts.check("a tag is deleted", !tags(child).containsKey("color"));
    Facts.refused("a deleted tag cannot be deleted",
        404, "No tag with name: color in run with id " + child, () -> client.deleteTag(child, "color"));
    Facts.refused("a tag of a missing run cannot be deleted",
        404, "Run with id=nowhere not found", () -> client.deleteTag("nowhere", "color"));
  }

  private void areDeleted() {
    var run = client.createRun(experiment).getRunId();
    var kept = client.createRun(experiment).getRunId();
    client.deleteRun(run);
    Facts.same("a deleted run can be read", client.getRun(run).getInfo().getLifecycleStage(), "deleted");
    Facts.same("a deleted run is not listed", ids(client.listRunInfos(experiment)), List.of(kept));
    Facts.same("a list of all has deleted runs",
        ids(client.searchRuns(List.of(experiment), "", ViewType.DELETED_ONLY)), List.of(run));
    Facts.refused("logging to a deleted run is rejected",
        400, "must be in the 'active' state", () -> client.logParam(run, "depth", "3"));
    client.restoreRun(run);
    Facts.same("a run is restored", client.getRun(run).getInfo().getLifecycleStage(), "active");
    Facts.same("a restored run is listed", client.listRunInfos(experiment).size(), 2);
  }

  private Map<String, String> tags(String run) {
    var tags = client.getRun(run).getData().getTagsList();
    return tags.stream().collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
  }

  private static List<String> ids(List<RunInfo> runs) {
    return runs.stream().map(RunInfo::getRunId).toList();
  }
}
