import java.util.List;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** Custom requests through the official Java client: their errors and their authentication. */
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
    Facts.check("a POST succeeds, and unknown fields are ignored", made.contains("experiment_id"));
    Facts.check("a GET is answered",
        client.sendGet("experiments/get-by-name?experiment_name=" + name).contains(name));
    client.sendPost("registered-models/create", Facts.json("name", name));
    Facts.check("a PATCH is answered",
        client.sendPatch("registered-models/update", Facts.json("name", name, "description", "of us")).contains("of us"));
  }

  private static void areRefused(MlflowClient client) {
    Facts.refused("an unknown path is not found", 404, "", () -> client.sendGet("BAD_PATH"));
    Facts.refused("a missing experiment is not found",
        400, "Experiment ID must be a valid integer",
        () -> client.sendGet("experiments/get?experiment_id=NON_EXISTENT"));
    Facts.refused("a body that is not JSON is rejected",
        400, "INVALID_PARAMETER_VALUE", () -> client.sendPost("experiments/create", "NOT_JSON"));
    Facts.refused("a missing field is rejected",
        400, "Missing value for required parameter 'name'",
        () -> client.sendPost("experiments/create", Facts.json("BAD_name", "film")));
    Facts.refused("a PATCH of a missing model is rejected",
        404, "Registered Model with name=nothing not found",
        () -> client.sendPatch("registered-models/update", Facts.json("name", "nothing")));
    try {
      client.sendGet("experiments/get");
      Facts.check("an error has status, reason and message", false);
    } catch (MlflowHttpException error) {
      var said = List.of(error.getStatusCode(),
          error.getReasonPhrase(), error.getBodyMessage().startsWith("{\"error_code\":"));
      Facts.same("an error has status, reason and message", said, List.of(400, "Bad Request", true));
    }
  }

  private static void comeFromSomebody() {
    try (var basic = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, "owner", TOKEN));
        var lax = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, null, null, TOKEN, true));
        var wrong = new MlflowClient(new BasicMlflowHostCreds(Facts.URI, "wrong"));
        var nobody = new MlflowClient(Facts.URI)) {
      Facts.same("a token is accepted as a password", basic.getExperiment("0").getExperimentId(), "0");
      Facts.same("a client that trusts any certificate sends its token", lax.getExperiment("0").getExperimentId(), "0");
      Facts.refused("an unknown token is rejected", 401, "UNAUTHENTICATED", () -> wrong.getExperiment("0"));
      Facts.refused("a request without a token is rejected", 401, "UNAUTHENTICATED", () -> nobody.createRun());
    }
  }
}
