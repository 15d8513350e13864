using System.Buffers;
using System.Diagnostics;
using System.Threading.Channels;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Progress;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// One import: a reader fills batches, several senders upsert them, and the journal follows the rows before which none
/// is missing. The protocol:
/// 1. The reader hands batches over in the order of the file through a bounded channel, so memory stays bounded.
/// 2. A sender turns a batch into text, sends it until it is confirmed as durable, and only then counts it.
/// 3. A bad row (unless bad rows are skipped) ends the reading; the batches before it are still sent.
/// 4. The first refused batch, lost server or Ctrl-C cancels the rest. The journal then holds less than was stored,
///    never more; the rows in between are sent again by the next run, which changes nothing.
/// </summary>
internal sealed class Importer(VectorsClient client, ImportSettings settings, Terminal terminal)
{
    private static readonly TimeSpan JournalInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Bad rows named one by one; of the others only the number is told.</summary>
    private const int BadRowsNamedMax = 20;

    private readonly Lock _lock = new();
    private readonly Stopwatch _sinceJournal = Stopwatch.StartNew();
    private long _badRowsNamed;
    private long _journaledRows;

    /// <summary>Runs to the end of the file.</summary>
    /// <exception cref="CommandFailedException">The target is missing or does not fit, or the server refused a batch.</exception>
    /// <exception cref="BadRowException">The first bad row, after everything before it was stored.</exception>
    /// <exception cref="ServerUnreachableException">The retries are used up.</exception>
    public async Task<ImportOutcome> RunAsync(CancellationToken cancellation)
    {
        ImportJournal journal = ImportJournal.Open(settings, client.Url);
        CollectionDescription? collection = await client.FindCollectionAsync(settings.Collection, cancellation);
        VectorSchema schema = SchemaOf(collection);
        using IPointSource source = PointSources.Open(settings, schema);
        Resume(journal, source, collection);

        AcknowledgedRows acknowledged = new(source.RowsRead, Fraction(source));
        long earlierBad = journal.BadRows;
        Stopwatch clock = Stopwatch.StartNew();
        PointBatch first = NewBatch(schema, source);
        Exception? stopped = Fill(source, first);
        if (collection is null)
        {
            if (first.Count == 0)
            {
                throw stopped ?? new CommandFailedException($"{settings.File}: there is no row, so the dimension of '{settings.Collection}' cannot be known");
            }

            if (schema.Dims.Count == 0)
            {
                throw new CommandFailedException($"{settings.File}: the first {first.Count} records have no dense vector, so '{settings.Collection}' cannot be created from them");
            }

            await CreateCollectionAsync(schema, cancellation);
        }

        void Confirm(PointBatch batch)
        {
            lock (_lock)
            {
                acknowledged.Add(batch);
                if (_sinceJournal.Elapsed > JournalInterval && acknowledged.Contiguous > _journaledRows)
                {
                    _journaledRows = acknowledged.Contiguous;
                    journal.Save(acknowledged.Contiguous, earlierBad + acknowledged.BadRows);
                    _sinceJournal.Restart();
                }
            }
        }

        ProgressSample Sample()
        {
            lock (_lock)
            {
                return acknowledged.Sample;
            }
        }

        try
        {
            await ProgressDisplay.RunAsync(
                terminal,
                settings.Collection,
                Sample,
                async () => stopped = await PumpAsync(source, schema, first, stopped, Confirm, cancellation));
        }
        finally
        {
            if (acknowledged.Contiguous > 0)
            {
                journal.Save(acknowledged.Contiguous, earlierBad + acknowledged.BadRows);
            }
            else
            {
                journal.Remove();
            }
        }

        if (stopped is not null)
        {
            throw stopped;
        }

        journal.Remove();
        return new ImportOutcome(acknowledged.Points, acknowledged.Contiguous, earlierBad + acknowledged.BadRows, clock.Elapsed);
    }

    private VectorSchema SchemaOf(CollectionDescription? collection)
    {
        if (collection is null)
        {
            return settings.Distance is not null
                ? VectorSchema.Learning(settings.VectorName)
                : throw new CommandFailedException(
                    $"collection '{settings.Collection}' does not exist; to create it say --metric euclid, cosine, dot, manhattan or hamming");
        }

        VectorSchema schema = VectorSchema.Of(collection, settings.VectorName);
        VectorDescription? target = collection.Vectors.FirstOrDefault(vector => vector.Name == schema.DefaultName);
        if (settings.Distance is string wanted && target?.Distance is string existing && wanted != existing)
        {
            throw new CommandFailedException($"collection '{settings.Collection}' exists with the distance {existing}, not {wanted}");
        }

        return schema;
    }

    private void Resume(ImportJournal journal, IPointSource source, CollectionDescription? collection)
    {
        if (journal.FileHasChanged)
        {
            terminal.Error.WriteLine($"{settings.File} has changed since an earlier import was interrupted; starting over");
        }

        if (journal.Rows > 0 && collection?.Points is null or 0)
        {
            terminal.Error.WriteLine($"'{settings.Collection}' is empty although an earlier import had stored {journal.Rows} rows; starting over");
            journal.StartOver();
        }

        if (journal.Rows > 0)
        {
            terminal.Error.WriteLine($"continuing after row {journal.Rows}, where an earlier import was interrupted (--restart starts over)");
            source.Skip(journal.Rows);
        }
    }

    private async Task CreateCollectionAsync(VectorSchema schema, CancellationToken cancellation)
    {
        byte[] body = CollectionCreation.Body(schema, settings.Distance!);
        using (await client.SendAsync(HttpMethod.Put, VectorsClient.PathOf(settings.Collection), body, cancellation))
        {
            string vectors = string.Join(", ", schema.Dims.Select(vector => $"{(vector.Key.Length == 0 ? "" : vector.Key + ": ")}{vector.Value}"));
            terminal.Error.WriteLine($"created collection '{settings.Collection}' ({vectors}, {settings.Distance})");
        }
    }

    /// <summary>Reads and sends until the end; returns what ended the reading early, if anything did.</summary>
    private async Task<Exception?> PumpAsync(
        IPointSource source, VectorSchema schema, PointBatch first, Exception? stopped, Action<PointBatch> confirm, CancellationToken cancellation)
    {
        using CancellationTokenSource failing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<PointBatch> channel = Channel.CreateBounded<PointBatch>(settings.Senders);
        Task<Exception?> reading = Task.Run(() => ReadAsync(source, schema, first, stopped, channel.Writer, failing.Token), CancellationToken.None);
        List<Task> running = [reading];
        running.AddRange(Enumerable.Range(0, settings.Senders).Select(_ => Task.Run(() => SendAsync(channel.Reader, confirm, failing.Token), CancellationToken.None)));

        Exception? failure = null;
        while (running.Count > 0)
        {
            Task done = await Task.WhenAny(running);
            running.Remove(done);
            if (!done.IsCompletedSuccessfully)
            {
                // The first failure is the cause; cancelling makes the others end with mere cancellations.
                failure ??= done.Exception?.InnerException ?? new OperationCanceledException(cancellation);
                await failing.CancelAsync();
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return failure is null ? await reading : throw failure;
    }

    private async Task<Exception?> ReadAsync(
        IPointSource source, VectorSchema schema, PointBatch batch, Exception? stopped, ChannelWriter<PointBatch> writer, CancellationToken cancellation)
    {
        while (batch.EndRow > batch.FirstRow)
        {
            await writer.WriteAsync(batch, cancellation);
            if (stopped is not null)
            {
                break;
            }

            batch = NewBatch(schema, source);
            stopped = Fill(source, batch);
        }

        writer.Complete();
        return stopped;
    }

    private async Task SendAsync(ChannelReader<PointBatch> batches, Action<PointBatch> confirm, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte> body = new();
        await foreach (PointBatch batch in batches.ReadAllAsync(cancellation))
        {
            if (batch.Count > 0)
            {
                body.ResetWrittenCount();
                batch.WriteTo(body);
                try
                {
                    await client.UpsertAsync(settings.Collection, body.WrittenMemory, cancellation);
                }
                catch (ApiRefusedException refusal)
                {
                    throw new CommandFailedException($"{settings.File}: rows {batch.FirstRow} to {batch.EndRow - 1}: {refusal.Message}");
                }
            }

            confirm(batch);
        }
    }

    private static PointBatch NewBatch(VectorSchema schema, IPointSource source) => new(schema.DefaultName, source.RowsRead);

    /// <summary>Fills a batch up to its limits; returns the bad row or damage that ends the reading, if there is one.</summary>
    private Exception? Fill(IPointSource source, PointBatch batch)
    {
        Exception? stopped = null;
        while (batch.Count < settings.BatchRows
            && batch.EstimatedBytes < settings.BatchBytes
            && source.RowsRead < (settings.Limit ?? long.MaxValue))
        {
            try
            {
                if (!source.TryAdd(batch))
                {
                    break;
                }
            }
            catch (BadRowException bad) when (settings.SkipBad)
            {
                batch.BadRows++;
                Name(bad);
            }
            catch (Exception broken) when (broken is BadRowException or VectorFiles.VectorFileException)
            {
                stopped = broken;
                break;
            }

            batch.EndRow = source.RowsRead;
        }

        batch.FractionRead = Fraction(source);
        return stopped;
    }

    private void Name(BadRowException bad)
    {
        if (_badRowsNamed++ < BadRowsNamedMax)
        {
            terminal.Error.WriteLine(bad.Message);
        }
        else if (_badRowsNamed == BadRowsNamedMax + 1)
        {
            terminal.Error.WriteLine("more bad rows follow; they are counted, not named");
        }
    }

    private double Fraction(IPointSource source)
    {
        long? whole = (source.Rows, settings.Limit) switch
        {
            (long rows, long limit) => Math.Min(rows, limit),
            (null, long limit) => limit,
            (long rows, null) => rows,
            _ => null,
        };
        return whole is > 0 and long count ? Math.Min(1, (double)source.RowsRead / count) : source.FractionRead;
    }
}
