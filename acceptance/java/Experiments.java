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

/** Experiments by the official Java client: made, tagged, renamed, deleted and restored, searched page by page. */
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
    Facts.check("it is active, without tags", made.getLifecycleStage().equals("active") && made.getTagsCount() == 0);
    Facts.check("it has a place for artifacts", made.getArtifactLocation().endsWith("/" + id));
    Facts.check("and the time it was made",
        made.getCreationTime() >= start && made.getLastUpdateTime() <= System.currentTimeMillis());
    Facts.same("its name leads to it", client.getExperimentByName(name).orElseThrow(), made);
    Facts.check("another name to nothing", client.getExperimentByName(Facts.named("film")).isEmpty());
    Facts.refused("its name is taken", 400, "RESOURCE_ALREADY_EXISTS", () -> client.createExperiment(name));

    client.deleteExperiment(id);
    Facts.same("deleted, it can still be read", client.getExperiment(id).getLifecycleStage(), "deleted");
    client.restoreExperiment(id);
    Facts.same("and restored", client.getExperiment(id).getLifecycleStage(), "active");
    var renamed = Facts.named("영화 & films");
    client.renameExperiment(id, renamed);
    Facts.same("its new name leads to it", client.getExperimentByName(renamed).orElseThrow().getExperimentId(), id);
    Facts.check("its old one no more", client.getExperimentByName(name).isEmpty());
    var other = client.createExperiment(name);
    Facts.refused("a name that is taken cannot be given",
        400, "RESOURCE_ALREADY_EXISTS", () -> client.renameExperiment(other, renamed));
  }

  private void areTagged() {
    var request = CreateExperiment.newBuilder().setName(Facts.named("tagged")).setArtifactLocation("s3://films/shelf");
    for (var tag : Map.of("team", "web", "data", "ml-1m").entrySet())
      request.addTags(ExperimentTag.newBuilder().setKey(tag.getKey()).setValue(tag.getValue()));
    var id = client.createExperiment(request.build());
    Facts.same("an experiment is made with tags", tags(id), Map.of("team", "web", "data", "ml-1m"));
    Facts.same("and where its artifacts shall be", client.getExperiment(id).getArtifactLocation(), "s3://films/shelf");
    client.setExperimentTag(id, "data", "ml-32m");
    client.setExperimentTag(id, "note", "one\ntwo\nthree");
    Facts.same("tags are changed and added, of several lines too",
        tags(id), Map.of("team", "web", "data", "ml-32m", "note", "one\ntwo\nthree"));
    var other = client.createExperiment(Facts.named("tagged"));
    client.setExperimentTag(other, "data", "netflix");
    Facts.same("each experiment has its own",
        List.of(tags(other), tags(id).get("data")), List.of(Map.of("data", "netflix"), "ml-32m"));
  }

  private void areSearched() {
    var group = Facts.named("group");
    var names = List.of(Facts.named("a"), Facts.named("b"), Facts.named("c"));
    var ids = names.stream().map(client::createExperiment).toList();
    ids.forEach((id) -> client.setExperimentTag(id, "group", group));
    var ours = "tags.group = '" + group + "'";
    Facts.check("all are found",
        client.searchExperiments().getItems().stream().map(Experiment::getExperimentId).toList().containsAll(ids));
    Facts.same("by name",
        ids(client.searchExperiments("attribute.name = '" + names.get(0) + "'")), List.of(ids.get(0)));
    Facts.same("by tag", Set.copyOf(ids(client.searchExperiments(ours))), Set.copyOf(ids));
    client.deleteExperiment(ids.get(1));
    Facts.same("deleted ones are left out",
        Set.copyOf(ids(client.searchExperiments(ours))), Set.of(ids.get(0), ids.get(2)));
    Facts.same("unless asked for",
        ids(client.searchExperiments(ours, ViewType.DELETED_ONLY, 10, List.of())), List.of(ids.get(1)));

    var first = client.searchExperiments(ours, ViewType.ALL, 1, List.of("attribute.name"));
    Facts.same("a page is as long as asked for",
        List.of(first.getPageSize(), ids(first), first.hasNextPage()), List.of(1, List.of(ids.get(0)), true));
    var rest = client.searchExperiments(ours,
        ViewType.ALL, 2, List.of("attribute.name"), first.getNextPageToken().orElseThrow());
    Facts.same("its token leads on, to pages of another length", ids(rest), List.of(ids.get(1), ids.get(2)));
    Facts.check("the last has none",
        !rest.hasNextPage() && rest.getNextPageToken().isEmpty() && rest.getNextPage().getPageSize() == 0);
    Facts.same("and the page itself to the next", ids(first.getNextPage()), List.of(ids.get(1)));
    Facts.same("by name, backwards",
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
