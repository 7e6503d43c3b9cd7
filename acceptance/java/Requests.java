import java.util.List;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** Requests of one's own through the official Java client: what is wrong with them, and from whom they come. */
final class Requests {
  private static final String TOKEN = System.getenv("CAIRN_TOKEN");

  public static void main(String[] arguments) {
    try (var client = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, TOKEN))) {
      areAnswered(client);
      areRefused(client);
    }
    comeFromSomebody();
  }

  private static void areAnswered(MlflowClient client) {
    var name = Facts.named("requests");
    var made = client.sendPost("experiments/create", "{\"name\": \"" + name + "\", \"unknown\": {\"to\": [\"us\"]}}");
    Facts.check("what is sent is done, and fields that nobody knows are passed over", made.contains("experiment_id"));
    Facts.check("what is asked for is answered",
        client.sendGet("experiments/get-by-name?experiment_name=" + name).contains(name));
    client.sendPost("registered-models/create", Facts.json("name", name));
    Facts.check("what is patched too",
        client.sendPatch("registered-models/update", Facts.json("name", name, "description", "of us")).contains("of us"));
  }

  private static void areRefused(MlflowClient client) {
    Facts.refused("there is not every path", 404, "", () -> client.sendGet("BAD_PATH"));
    Facts.refused("nor every experiment",
        400, "Experiment ID must be a valid integer",
        () -> client.sendGet("experiments/get?experiment_id=NON_EXISTENT"));
    Facts.refused("what is not JSON is refused",
        400, "INVALID_PARAMETER_VALUE", () -> client.sendPost("experiments/create", "NOT_JSON"));
    Facts.refused("what lacks a field too",
        400, "Missing value for required parameter 'name'",
        () -> client.sendPost("experiments/create", Facts.json("BAD_name", "film")));
    Facts.refused("and what patches nothing",
        404, "Registered Model with name=nothing not found",
        () -> client.sendPatch("registered-models/update", Facts.json("name", "nothing")));
    try {
      client.sendGet("experiments/get");
      Facts.check("an error says what it is", false);
    } catch (MlflowHttpException error) {
      var said = List.of(error.getStatusCode(),
          error.getReasonPhrase(), error.getBodyMessage().startsWith("{\"error_code\":"));
      Facts.same("an error says what it is", said, List.of(400, "Bad Request", true));
    }
  }

  private static void comeFromSomebody() {
    try (var basic = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, "owner", TOKEN));
        var lax = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, null, null, TOKEN, true));
        var wrong = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, "wrong"));
        var nobody = new MlflowClient(Facts.URI)) {
      Facts.same("a token may be a password", basic.getExperiment("0").getExperimentId(), "0");
      Facts.same("or come by a client that trusts any certificate", lax.getExperiment("0").getExperimentId(), "0");
      Facts.refused("another is none", 401, "UNAUTHENTICATED", () -> wrong.getExperiment("0"));
      Facts.refused("without one there is no answer", 401, "UNAUTHENTICATED", () -> nobody.createRun());
    }
  }
}
