import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.Page;

/** Models and versions by the official Java client, which reads and searches them; `sendPost` creates them. */
final class Registry {
  private static final String SOURCE = "s3://models/film";

  public static void main(String[] arguments) {
    try (var client = new MlflowClient(Facts.URI)) {
      new Registry(client).isRead();
      new Registry(client).hasStages();
      new Registry(client).isSearched();
    }
  }

  private final MlflowClient client;
  private final String name = Facts.named("영화 films & co.");
  private final String run;

  private Registry(MlflowClient client) {
    this.client = client;
    run = client.createRun().getRunId();
    client.sendPost("registered-models/create", Facts.json("name", name, "description", "of films"));
  }

  private void isRead() {
    var start = System.currentTimeMillis();
    create(SOURCE);
    create("runs:/" + run + "/model");
    var model = client.getRegisteredModel(name);
    Facts.same("a model has its name and its description",
        List.of(model.getName(), model.getDescription()), List.of(name, "of films"));
    Facts.same("a model lists its latest version", model.getLatestVersionsList(), List.of(client.getModelVersion(name, "2")));
    var version = client.getModelVersion(name, "1");
    Facts.same("a version has its number", List.of(version.getName(), version.getVersion()), List.of(name, "1"));
    Facts.same("a version has its source and run", List.of(version.getSource(), version.getRunId()), List.of(SOURCE, run));
    Facts.same("a new version has no stage and is ready",
        List.of(version.getCurrentStage(), version.getStatus().name()), List.of("None", "READY"));
    Facts.check("a version has its time of creation",
        version.getCreationTimestamp() >= start && version.getLastUpdatedTimestamp() <= System.currentTimeMillis());
    Facts.same("the download URI of a version is its source", client.getModelVersionDownloadUri(name, "1"), SOURCE);
    Facts.same("the download URI of a version of a run is the folder of its files",
        client.getModelVersionDownloadUri(name, "2"), client.getRun(run).getInfo().getArtifactUri() + "/model");
    client.sendPatch("model-versions/update", Facts.json("name", name, "version", "1", "description", "the first"));
    Facts.same("a description is changed", client.getModelVersion(name, "1").getDescription(), "the first");
    client.sendPost("registered-models/alias", Facts.json("name", name, "alias", "best", "version", "1"));
    Facts.same("a version lists its aliases", client.getModelVersion(name, "1").getAliasesList(), List.of("best"));
    Facts.same("a model lists its aliases", client.getRegisteredModel(name).getAliases(0).getVersion(), "1");
    Facts.refused("a missing model is not found",
        404, "Registered Model with name=nothing not found", () -> client.getRegisteredModel("nothing"));
    Facts.refused("a missing version is not found", 404, "version=7) not found", () -> client.getModelVersion(name, "7"));
    Facts.refused("a missing version has no download URI", 404, "version=7) not found", () -> client.getModelVersionDownloadUri(name, "7"));
  }

  private void hasStages() {
    for (var number = 1; number <= 5; number++) create(SOURCE);
    Facts.same("the latest version has no stage", latest(client.getLatestVersions(name)), Map.of("None", "5"));
    Map.of("1", "Staging", "2", "Production", "3", "Archived", "4", "production")
        .forEach((version, stage) -> move(version, stage, false));
    Facts.same("the latest version of every stage is read",
        latest(client.getLatestVersions(name)),
        Map.of("Staging", "1", "Production", "4", "Archived", "3", "None", "5"));
    Facts.same("the latest version of some stages is read",
        latest(client.getLatestVersions(name, List.of("None", "Production"))), Map.of("None", "5", "Production", "4"));
    client.sendPost("model-versions/transition-stage",
        Facts.json("name", name, "version", "5", "stage", "Production", "archive_existing_versions", true));
    Facts.same("a new version archives the others of its stage",
        latest(client.getLatestVersions(name)), Map.of("Staging", "1", "Production", "5", "Archived", "4"));
    Facts.same("a stage without versions has no latest one", client.getLatestVersions(name, List.of("None")), List.of());
    Facts.refused("an unknown stage is rejected",
        400, "Invalid Model Version stage", () -> client.getLatestVersions(name, List.of("Shelf")));
    Facts.refused("the stages of a missing model are not found",
        404, "Registered Model with name=nothing not found", () -> client.getLatestVersions("nothing"));
  }

  private void isSearched() {
    for (var number = 1; number <= 3; number++) create(SOURCE);
    var ours = "name = '" + name + "'";
    Facts.check("all versions are found", numbers(client.searchModelVersions()).size() >= 3);
    Facts.same("versions are found by name, latest first", numbers(client.searchModelVersions(ours)), List.of("3", "2", "1"));
    Facts.same("versions are found by run",
        client.searchModelVersions("run_id = '" + run + "'").getItems(), client.searchModelVersions(ours).getItems());
    Facts.same("versions are sorted as requested",
        numbers(client.searchModelVersions(ours, 1000, List.of("version_number ASC"))), List.of("1", "2", "3"));
    var first = client.searchModelVersions(ours, 2, List.of("version_number ASC"));
    Facts.check("a page has the requested length", first.getPageSize() == 2 && first.hasNextPage());
    Facts.same("a page returns the next one", numbers(first.getNextPage()), List.of("3"));
    var last = client.searchModelVersions(ours,
        2, List.of("version_number ASC"), first.getNextPageToken().orElseThrow());
    Facts.same("a page token returns the next page", numbers(last), List.of("3"));
    Facts.check("the last page has no next one",
        !last.hasNextPage() && last.getNextPageToken().isEmpty() && last.getNextPage().getPageSize() == 0);
    Facts.refused("an invalid filter is rejected",
        400, "INVALID_PARAMETER_VALUE", () -> client.searchModelVersions("color = 'red'"));
  }

  private void move(String version, String stage, boolean alone) {
    client.sendPost("model-versions/transition-stage",
        Facts.json("name", name, "version", version, "stage", stage, "archive_existing_versions", alone));
  }

  private void create(String source) {
    client.sendPost("model-versions/create", Facts.json("name", name, "source", source, "run_id", run));
  }

  private static Map<String, String> latest(List<ModelVersion> versions) {
    return versions.stream().collect(Collectors.toMap(ModelVersion::getCurrentStage, ModelVersion::getVersion));
  }

  private static List<String> numbers(Page<ModelVersion> page) {
    return StreamSupport.stream(page.getItems().spliterator(), false).map(ModelVersion::getVersion).toList();
  }
}
