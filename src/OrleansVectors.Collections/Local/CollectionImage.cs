using OrleansVectors.Collections.Control;
using OrleansVectors.Partitions.Images;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections.Local;

/// <summary>A running collection as of one time, for clones and backups to copy. Dispose it soon: its files are kept until then.</summary>
internal sealed class CollectionImage : IDisposable
{
    private CollectionImage(string folder, StoredCollection stored, LogTime time, IReadOnlyList<PartitionHold> holds, IReadOnlyList<PartitionImage> partitions)
    {
        Folder = folder;
        Stored = stored;
        Time = time;
        Holds = holds;
        Partitions = partitions;
    }

    /// <summary>The collection's folder, which names it for ever.</summary>
    public string Folder { get; }

    /// <summary>Its description at the time of the image, with those that held before.</summary>
    public StoredCollection Stored { get; }

    /// <summary>What was accepted up to here is in it.</summary>
    public LogTime Time { get; }

    public IReadOnlyList<PartitionImage> Partitions { get; }

    /// <summary>The partitions, which stay loaded as long as the image is there.</summary>
    public IReadOnlyList<PartitionHold> Holds { get; }

    /// <summary>
    /// Images of several collections as of one time: a consistent cut of them all. What was acknowledged before something in
    /// it began is in it too.
    /// </summary>
    public static async Task<IReadOnlyList<CollectionImage>> TakeAsync(IReadOnlyList<LocalCollection> collections, LogClock clock)
    {
        List<List<PartitionHold>> holds = [];
        List<List<ManifestPin?>> pins = [];
        List<CollectionImage> images = [];
        try
        {
            // First everything is kept, then the time is taken, so that no checkpoint has anything younger.
            foreach (LocalCollection collection in collections)
            {
                holds.Add([]);
                pins.Add([]);
                foreach (LocalPartition partition in collection.Partitions)
                {
                    holds[^1].Add(await partition.HoldAsync().ConfigureAwait(false));
                    pins[^1].Add(holds[^1][^1].Partition.PinCheckpoint());
                }
            }

            LogTime time = clock.Next();
            for (int i = 0; i < collections.Count; i++)
            {
                List<ManifestPin?> mine = pins[i];
                images.Add(new CollectionImage(
                    collections[i].Folder,
                    collections[i].Collection.Stored,
                    time,
                    holds[i],
                    await Task.WhenAll(holds[i].Select((hold, number) => hold.Partition.ImageAsync(mine[number], time))).ConfigureAwait(false)));
            }

            return images;
        }
        catch
        {
            pins.SelectMany(pin => pin).ToList().ForEach(pin => pin?.Dispose());
            holds.SelectMany(hold => hold).ToList().ForEach(hold => hold.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (PartitionImage partition in Partitions)
        {
            partition.Dispose();
        }

        foreach (PartitionHold hold in Holds)
        {
            hold.Dispose();
        }
    }
}
