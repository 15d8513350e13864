using Microsoft.Extensions.Logging;
using OrleansVectors.Collections;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Storage;

namespace OrleansVectors.Server.Hosting;

/// <summary>Says what opening the collections found: nothing when they were closed well, a line for each that was not.</summary>
internal static class RecoveryLog
{
    public static void Write(ILogger logger, IReadOnlyList<CollectionRecovery> recoveries)
    {
        foreach (CollectionRecovery recovery in recoveries)
        {
            for (int number = 0; number < recovery.Partitions.Count; number++)
                Write(logger, $"{recovery.Collection}, partition {number}", recovery.Partitions[number]);
        }
    }

    /// <summary>Says which collections could not be opened.</summary>
    public static void Write(ILogger logger, IReadOnlyList<UnavailableCollection> unavailable)
    {
        foreach (UnavailableCollection collection in unavailable)
            logger.LogError("{Collection} could not be opened and is left alone: {Reason}", collection.Name, collection.Reason);
    }

    private static void Write(ILogger logger, string partition, RecoveryReport report)
    {
        if (report.Replayed > 0)
        {
            logger.LogInformation(
                "{Partition}: {Replayed} operations replayed after the checkpoint at {Sequence}",
                partition, report.Replayed, report.CheckpointSequence);
        }

        if (report.TornTail is { } cut)
        {
            logger.LogWarning(
                "{Partition}: {Bytes} bytes of writes that were never acknowledged cut from {File} at {Offset}: {Reason}",
                partition, cut.Bytes, cut.File, cut.Offset, cut.Reason);
        }

        foreach (StorageDamagedException damage in report.DamagedManifests)
            logger.LogError("{Partition}: an older checkpoint and more log were used: {Damage}", partition, damage.Message);
    }
}
