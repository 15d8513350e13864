using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Workload;

/// <summary>One client that changes points of its own, batch after batch, in several collections.</summary>
internal sealed class Writer
{
    private readonly Random _random;
    private readonly BatchMaker _maker;

    /// <param name="number">The writer's number.</param>
    /// <param name="writers">How many writers share the collections' ids.</param>
    /// <param name="ids">Ids of each writer in each collection.</param>
    /// <param name="kinds">The collections.</param>
    /// <param name="seed">Where the choices come from.</param>
    public Writer(int number, int writers, int ids, IEnumerable<CollectionKind> kinds, int seed)
    {
        _random = new Random(seed);
        _maker = new BatchMaker(number, writers, ids, _random);
        Models = [.. kinds.Select(kind => new Model(kind))];
    }

    /// <summary>What is known of each collection.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>Batches that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Batches that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Writes until the server dies; a refusal is a violation.</summary>
    /// <param name="rest">The running server.</param>
    /// <param name="sending">Called just before each request is sent.</param>
    /// <param name="where">The round, for the report.</param>
    /// <param name="report">Where refusals go.</param>
    public async Task WriteUntilGoneAsync(RestClient rest, Action sending, string where, Report report)
    {
        while (true)
        {
            try
            {
                sending();
                Answer answer = await WriteAsync(rest).ConfigureAwait(false);
                if (!answer.IsOk)
                    report.Violation(where, "a write that is taken", answer.ToString());
            }
            catch (ServerGoneException)
            {
                return;
            }
        }
    }

    /// <summary>Writes one batch to one of the collections.</summary>
    /// <exception cref="ServerGoneException">The batch is in doubt.</exception>
    public Task<Answer> WriteAsync(RestClient rest) => WriteAsync(rest, Models[_random.Next(Models.Count)]);

    /// <summary>Writes one batch. What is answered with 507 is not there; after any other failure it may be.</summary>
    /// <exception cref="ServerGoneException">The batch is in doubt.</exception>
    public async Task<Answer> WriteAsync(RestClient rest, Model model)
    {
        Batch batch = _maker.Next(model);
        model.Begin(batch);
        Answer answer;
        try
        {
            answer = await rest.CallAsync(batch.ToRequest()).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ServerGoneException or NoAnswerException)
        {
            model.Doubt();
            throw;
        }

        switch (answer.Status)
        {
            case 200:
                model.Acknowledge();
                Acknowledged++;
                break;
            case 507 or (>= 400 and < 500):
                model.Refuse();
                Refused++;
                break;
            default:
                model.Doubt();
                Refused++;
                break;
        }

        return answer;
    }
}
