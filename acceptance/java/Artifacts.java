import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowContext;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * Artifacts and files of versions by the official Java client, which starts a Python with mlflow and its token for
 * each call. Independent calls therefore run concurrently.
 */
final class Artifacts {
  private static final String TOKEN = System.getenv("CAIRN_TOKEN");
  private static final String OLD = "notes/old/영화 film.txt";

  public static void main(String[] arguments) throws IOException {
    var folder = Files.createTempDirectory(Path.of(System.getenv("TMPDIR")), "artifacts");
    try (var client = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, TOKEN))) {
      var artifacts = new Artifacts(client, folder);
      artifacts.areLogged();
      artifacts.areReadBack();
    }
  }

  private final MlflowClient client;
  private final ActiveRun run;
  private final Path folder;
  private final Path file;
  private final Path model;

  private Artifacts(MlflowClient client, Path folder) throws IOException {
    this.client = client;
    this.folder = folder;
    run = new MlflowContext(client).startRun();
    file = written("영화 film.txt", "words");
    written("model/MLmodel", "flavors: {}");
    written("model/data/weights.bin", "0123456789");
    written("model/empty", "");
    model = folder.resolve("model");
  }

  private void areLogged() {
    refused("logging a missing file is rejected", () -> run.logArtifact(folder.resolve("nothing")));
    refused("logging a file as a folder is rejected", () -> run.logArtifacts(file));
    atOnce(
        () -> run.logArtifact(file),
        () -> run.logArtifact(file, "notes/old"),
        () -> run.logArtifacts(model),
        () -> run.logArtifacts(model, "notes"),
        () -> client.logArtifact(run.getId(), model.toFile()));
  }

  private void areReadBack() {
    var name = Facts.named("film");
    client.sendPost("registered-models/create", Facts.json("name", name));
    client.sendPost("model-versions/create",
        Facts.json("name", name, "source", "runs:/" + run.getId() + "/model", "run_id", run.getId()));
    client.sendPost("model-versions/transition-stage",
        Facts.json("name", name, "version", "1", "stage", "Staging", "archive_existing_versions", false));
    var saved = Map.of("MLmodel", "flavors: {}", "data/weights.bin", "0123456789", "empty", "");
    var all = new TreeMap<>(Map.of("영화 film.txt", "words", OLD, "words"));
    for (var prefix : List.of("", "notes/", "model/")) saved.forEach((path, text) -> all.put(prefix + path, text));
    var fetched = new TreeMap<>(saved);
    fetched.put("registered_model_meta", "model_name: " + name + "\nmodel_version: '1'\n"); // mlflow writes it
    var kept = List.of(file("MLmodel", 11),
        folder("data"), file("empty", 0), folder("model"), folder("notes"), file("영화 film.txt", 5));
    var noted = List.of(file("notes/MLmodel", 11), folder("notes/data"), file("notes/empty", 0), folder("notes/old"));
    atOnce(
        () -> Facts.same("a run lists its files and folders", client.listArtifacts(run.getId()), kept),
        () -> Facts.same("a folder lists its files and folders", client.listArtifacts(run.getId(), "notes"), noted),
        () -> Facts.same("all artifacts are downloaded", texts(client.downloadArtifacts(run.getId())), all),
        () -> Facts.same("one artifact is downloaded", texts(client.downloadArtifacts(run.getId(), OLD)), Map.of("", "words")),
        () -> Facts.same("a version has the files of its run", texts(client.downloadModelVersion(name, "1")), fetched),
        () -> Facts.same("the latest version of a stage has the files of its run", texts(client.downloadLatestModelVersion(name, "Staging")), fetched),
        () -> refused("a stage without versions is not found", () -> client.downloadLatestModelVersion(name, "Production")));
  }

  private Path written(String path, String text) throws IOException {
    var place = folder.resolve(path);
    Files.createDirectories(place.getParent());
    return Files.writeString(place, text);
  }

  private static void atOnce(Runnable... calls) {
    Stream.of(calls).parallel().forEach(Runnable::run);
  }

  private static void refused(String fact, Runnable call) {
    try {
      call.run();
    } catch (MlflowClientException error) {
      Facts.check(fact, true);
      return;
    }
    Facts.check(fact, false);
  }

  /** Returns the text of every file below a path, by relative path. */
  private static Map<String, String> texts(File place) {
    try (var files = Files.walk(place.toPath())) {
      var found = new TreeMap<String, String>();
      for (var one : files.filter(Files::isRegularFile).toList())
        found.put(place.toPath().relativize(one).toString(), Files.readString(one));
      return found;
    } catch (IOException error) {
      throw new AssertionError(error);
    }
  }

  private static FileInfo file(String path, long size) {
    var info = FileInfo.newBuilder().setPath(path).setIsDir(false);
    return size == 0 ? info.build() : info.setFileSize(size).build(); // mlflow omits the size of an empty file
  }

  private static FileInfo folder(String path) {
    return FileInfo.newBuilder().setPath(path).setIsDir(true).build();
  }
}
