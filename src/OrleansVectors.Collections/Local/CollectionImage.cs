using OrleansVectors.Collections.Control;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Images;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections.Local;

/// <summary>A running collection as of one time, for clones and backups to copy. Dispose it soon: its files are kept until then.</summary>
internal sealed class CollectionImage : IDisposable
{
    private CollectionImage(string folder, StoredCollection stored, LogTime time, IReadOnlyList<PartitionImage> partitions)
    {
        Folder = folder;
        Stored = stored;
        Time = time;
        Partitions = partitions;
    }

    /// <summary>The collection's folder, which names it for ever.</summary>
    public string Folder { get; }

    /// <summary>Its description at the time of the image, with those that held before.</summary>
    public StoredCollection Stored { get; }

    /// <summary>What was accepted up to here is in it.</summary>
    public LogTime Time { get; }

    public IReadOnlyList<PartitionImage> Partitions { get; }

    /// <summary>
    /// Images of several collections as of one time: a consistent cut of them all. What was acknowledged before something in
    /// it began is in it too.
    /// </summary>
    public static async Task<IReadOnlyList<CollectionImage>> TakeAsync(IReadOnlyList<LocalCollection> collections, LogClock clock)
    {
        List<List<ManifestPin?>> pins = [];
        List<CollectionImage> images = [];
        try
        {
            // First everything is kept, then the time is taken, so that no checkpoint has anything younger.
            foreach (LocalCollection collection in collections)
            {
                pins.Add([]);
                foreach (Partition partition in collection.Partitions)
                {
                    pins[^1].Add(partition.PinCheckpoint());
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
                    await Task.WhenAll(collections[i].Partitions.Select((partition, number) => partition.ImageAsync(mine[number], time)))
                        .ConfigureAwait(false)));
            }

            return images;
        }
        catch
        {
            pins.SelectMany(pin => pin).ToList().ForEach(pin => pin?.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (PartitionImage partition in Partitions)
        {
            partition.Dispose();
        }
    }
}
