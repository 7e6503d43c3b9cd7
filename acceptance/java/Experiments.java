import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.ExperimentTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.Page;

/** Experiments by the official Java client: created, tagged, renamed, deleted and restored, searched page by page. */
final class Experiments {
  public static void main(String[] arguments) {
    try (var client = new MlflowClient()) {
      new Experiments(client).areKept();
      new Experiments(client).areTagged();
      new Experiments(client).areSearched();
    }
  }

  private final MlflowClient client;

  private Experiments(MlflowClient client) {
    this.client = client;
  }

  private void areKept() {
    var name = Facts.named("film");
    var start = System.currentTimeMillis();
    var id = client.createExperiment(name);
    var made = client.getExperiment(id);
    Facts.same("an experiment has its id and its name",
        List.of(made.getExperimentId(), made.getName()), List.of(id, name));
    Facts.check("a new experiment is active and has no tags", made.getLifecycleStage().equals("active") && made.getTagsCount() == 0);
    Facts.check("an experiment has an artifact location", made.getArtifactLocation().endsWith("/" + id));
    Facts.check("an experiment has its time of creation",
        made.getCreationTime() >= start && made.getLastUpdateTime() <= System.currentTimeMillis());
    Facts.same("an experiment is found by name", client.getExperimentByName(name).orElseThrow(), made);
    Facts.check("an unknown name finds no experiment", client.getExperimentByName(Facts.named("film")).isEmpty());
    Facts.refused("a second experiment of the same name is rejected", 400, "RESOURCE_ALREADY_EXISTS", () -> client.createExperiment(name));

    client.deleteExperiment(id);
    Facts.same("a deleted experiment can be read", client.getExperiment(id).getLifecycleStage(), "deleted");
    client.restoreExperiment(id);
    Facts.same("an experiment is restored", client.getExperiment(id).getLifecycleStage(), "active");
    var renamed = Facts.named("영화 & films");
    client.renameExperiment(id, renamed);
    Facts.same("a renamed experiment is found by its new name", client.getExperimentByName(renamed).orElseThrow().getExperimentId(), id);
    Facts.check("a renamed experiment is not found by its old name", client.getExperimentByName(name).isEmpty());
    var other = client.createExperiment(name);
    Facts.refused("an experiment cannot get the name of another",
        400, "RESOURCE_ALREADY_EXISTS", () -> client.renameExperiment(other, renamed));
  }

  private void areTagged() {
    var request = CreateExperiment.newBuilder().setName(Facts.named("tagged")).setArtifactLocation("s3://films/shelf");
    for (var tag : Map.of("team", "web", "data", "ml-1m").entrySet())
      request.addTags(ExperimentTag.newBuilder().setKey(tag.getKey()).setValue(tag.getValue()));
    var id = client.createExperiment(request.build());
    Facts.same("an experiment is created with tags", tags(id), Map.of("team", "web", "data", "ml-1m"));
    Facts.same("an experiment is created with an artifact location", client.getExperiment(id).getArtifactLocation(), "s3://films/shelf");
    client.setExperimentTag(id, "data", "ml-32m");
    client.setExperimentTag(id, "note", "one\ntwo\nthree");
    Facts.same("tags are changed and added, also with several lines",
        tags(id), Map.of("team", "web", "data", "ml-32m", "note", "one\ntwo\nthree"));
    var other = client.createExperiment(Facts.named("tagged"));
    client.setExperimentTag(other, "data", "netflix");
    Facts.same("each experiment has its own tags",
        List.of(tags(other), tags(id).get("data")), List.of(Map.of("data", "netflix"), "ml-32m"));
  }

  private void areSearched() {
    var group = Facts.named("group");
    var names = List.of(Facts.named("a"), Facts.named("b"), Facts.named("c"));
    var ids = names.stream().map(client::createExperiment).toList();
    ids.forEach((id) -> client.setExperimentTag(id, "group", group));
    var ours = "tags.group = '" + group + "'";
    Facts.check("a search without a filter finds all experiments",
        client.searchExperiments().getItems().stream().map(Experiment::getExperimentId).toList().containsAll(ids));
    Facts.same("experiments are found by name",
        ids(client.searchExperiments("attribute.name = '" + names.get(0) + "'")), List.of(ids.get(0)));
    Facts.same("experiments are found by tag", Set.copyOf(ids(client.searchExperiments(ours))), Set.copyOf(ids));
    client.deleteExperiment(ids.get(1));
    Facts.same("a search omits deleted experiments",
        Set.copyOf(ids(client.searchExperiments(ours))), Set.of(ids.get(0), ids.get(2)));
    Facts.same("a search of all finds deleted experiments",
        ids(client.searchExperiments(ours, ViewType.DELETED_ONLY, 10, List.of())), List.of(ids.get(1)));

    var first = client.searchExperiments(ours, ViewType.ALL, 1, List.of("attribute.name"));
    Facts.same("a page has the requested length",
        List.of(first.getPageSize(), ids(first), first.hasNextPage()), List.of(1, List.of(ids.get(0)), true));
    var rest = client.searchExperiments(ours,
        ViewType.ALL, 2, List.of("attribute.name"), first.getNextPageToken().orElseThrow());
    Facts.same("a page token works with another length", ids(rest), List.of(ids.get(1), ids.get(2)));
    Facts.check("the last page has no token",
        !rest.hasNextPage() && rest.getNextPageToken().isEmpty() && rest.getNextPage().getPageSize() == 0);
    Facts.same("a page returns the next one", ids(first.getNextPage()), List.of(ids.get(1)));
    Facts.same("experiments are sorted by name, descending",
        ids(client.searchExperiments(ours, ViewType.ALL, 9, List.of("name DESC"))),
        List.of(ids.get(2), ids.get(1), ids.get(0)));
  }

  private Map<String, String> tags(String id) {
    var tags = client.getExperiment(id).getTagsList();
    return tags.stream().collect(Collectors.toMap(ExperimentTag::getKey, ExperimentTag::getValue));
  }

  private static List<String> ids(Page<Experiment> page) {
    return StreamSupport.stream(page.getItems().spliterator(), false).map(Experiment::getExperimentId).toList();
  }
}
