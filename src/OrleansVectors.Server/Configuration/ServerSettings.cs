using System.Globalization;
using Microsoft.Extensions.Configuration;
using OrleansVectors.Api;
using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Local;
using OrleansVectors.Partitions;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Log.Postgres;

namespace OrleansVectors.Server.Configuration;

/// <summary>The server's settings, read and checked.</summary>
internal sealed record ServerSettings
{
    private const string Section = "OrleansVectors";
    private const string VariablePrefix = "OV_";
    private const string FileVariable = "OV_CONFIG";
    private const string DefaultFile = "appsettings.json";

    /// <summary>Ten years: what is longer is a mistake.</summary>
    private const long HoursMax = 87_660;

    /// <summary>Variables with the prefix that belong to the command-line tool, which may be used in the same shell.</summary>
    private static readonly string[] ToolVariables = ["OV_URL", "OV_API_KEY"];

    public required string DataFolder { get; init; }

    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    public required PartitionOptions Partitions { get; init; }

    public required ApiOptions Api { get; init; }

    /// <summary>Where backups go, and when; null for none.</summary>
    public required BackupOptions? Backups { get; init; }

    /// <summary>What becomes of collections that nobody uses.</summary>
    public required IdleOptions Idle { get; init; }

    /// <summary>The whole file and environment, for what is the web server's and the logger's.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Puts file, environment and command line over each other, in this order.</summary>
    /// <exception cref="ConfigurationException">An unknown name or a value that cannot be used.</exception>
    public static ServerSettings Load(CommandLine commandLine, IReadOnlyDictionary<string, string> environment)
    {
        var builder = new ConfigurationBuilder();
        AddFile(builder, commandLine.ConfigurationFile ?? environment.GetValueOrDefault(FileVariable));
        builder.AddInMemoryCollection(FromEnvironment(environment));
        builder.AddInMemoryCollection(
            commandLine.Values.Select(value => KeyValuePair.Create($"{Section}:{value.Key}", (string?)value.Value)));
        IConfigurationRoot configuration = Build(builder);
        IConfigurationSection section = configuration.GetSection(Section);
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            if (!ServerOption.All.Any(option => string.Equals(option.Key, setting.Key, StringComparison.OrdinalIgnoreCase)))
                throw new ConfigurationException($"unknown setting {Section}:{setting.Key}; --help lists the options");
        }

        var partitions = new PartitionOptions();
        return new ServerSettings
        {
            DataFolder = Folder(section[ServerOption.Data.Key] ?? "data"),
            Addresses = ListenAddress.ParseAll(section[ServerOption.Urls.Key] ?? "http://127.0.0.1:6333"),
            Partitions = partitions with
            {
                Durability = ReadDurability(section[ServerOption.Durability.Key]),
                IndexingThreads = (int)(Number(section, ServerOption.IndexingThreads, 0, 1_024) ?? partitions.IndexingThreads),
                CheckpointLogBytes = Number(section, ServerOption.CheckpointLogBytes, 1 << 10, 1L << 40)
                    ?? partitions.CheckpointLogBytes,
                Logs = ReadLogs(section),
                Checkpoints = section[ServerOption.CheckpointsTo.Key] is { } place ? OpenStore(ServerOption.CheckpointsTo, place) : null,
                LogRetention = new LogRetention(
                    TimeSpan.FromHours(Number(section, ServerOption.LogRetentionHours, 0, HoursMax) ?? 24),
                    Number(section, ServerOption.LogRetentionBytes, 0, 1L << 50) ?? 256L << 20),
                MemoryBytesMax = Number(section, ServerOption.MemoryBytes, 0, 1L << 50)
                    ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4,
            },
            Api = new ApiOptions
            {
                BodyBytesMax = Number(section, ServerOption.BodyBytesMax, 1 << 10, ApiLimits.BodyBytesMaxUpper)
                    ?? ApiLimits.BodyBytesMaxDefault,
            },
            Backups = ReadBackups(section),
            Idle = ReadIdle(section),
            Configuration = configuration,
        };
    }

    private static BackupOptions? ReadBackups(IConfigurationSection section)
    {
        long seconds = Number(section, ServerOption.BackupEverySeconds, 0, HoursMax * 3600) ?? 60;
        long hours = Number(section, ServerOption.BackupKeepHours, 0, HoursMax) ?? 168;
        if (section[ServerOption.BackupTo.Key] is not { } place)
            return null;
        return new BackupOptions
        {
            Store = OpenStore(ServerOption.BackupTo, place),
            Interval = seconds == 0 ? null : TimeSpan.FromSeconds(seconds),
            Retention = hours == 0 ? null : TimeSpan.FromHours(hours),
        };
    }

    private static ILogStore ReadLogs(IConfigurationSection section)
    {
        try
        {
            return section[ServerOption.LogTo.Key] is { } connection
                ? new PostgresLogs(new PostgresLogsOptions { ConnectionString = connection })
                : LocalLogs.Instance;
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationException($"{ServerOption.LogTo.Argument} cannot be used: {exception.Message}");
        }
    }

    private static IdleOptions ReadIdle(IConfigurationSection section)
    {
        long minutes = Number(section, ServerOption.IdleMinutes, 0, HoursMax * 60) ?? 0;
        return new IdleOptions
        {
            UnloadAfter = minutes == 0 ? null : TimeSpan.FromMinutes(minutes),
            CacheBytesMax = Number(section, ServerOption.CacheBytes, 0, 1L << 50),
        };
    }

    private static IBlobStore OpenStore(ServerOption option, string place)
    {
        try
        {
            return BlobStores.Open(place);
        }
        catch (Exception exception) when (exception is BlobLocationException or BlobStoreException)
        {
            throw new ConfigurationException($"{option.Argument} cannot be used: {exception.Message}");
        }
    }

    private static void AddFile(ConfigurationBuilder builder, string? file)
    {
        string path = Path.GetFullPath(file ?? DefaultFile);
        if (file is not null && !File.Exists(path))
            throw new ConfigurationException($"there is no configuration file {path}");
        builder.AddJsonFile(path, optional: file is null, reloadOnChange: false);
    }

    private static IConfigurationRoot Build(ConfigurationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            string reason = exception.InnerException is Exception inner ? $"{exception.Message} {inner.Message}" : exception.Message;
            throw new ConfigurationException(reason);
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        // The web framework's usual variable; ours goes before it.
        if (environment.TryGetValue("ASPNETCORE_URLS", out string? urls))
            yield return KeyValuePair.Create($"{Section}:{ServerOption.Urls.Key}", (string?)urls);
        foreach ((string name, string value) in environment)
        {
            if (!name.StartsWith(VariablePrefix, StringComparison.Ordinal) || name == FileVariable || ToolVariables.Contains(name))
                continue;
            ServerOption option = ServerOption.All.FirstOrDefault(known => known.Variable == name)
                ?? throw new ConfigurationException($"unknown setting {name} in the environment; --help lists the options");
            yield return KeyValuePair.Create($"{Section}:{option.Key}", (string?)value);
        }
    }

    private static string Folder(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
            throw new ConfigurationException("--data names no folder");
        return Path.GetFullPath(path);
    }

    private static Durability ReadDurability(string? text) => text switch
    {
        null or "flush" => Durability.Flush,
        "os" => Durability.Os,
        _ => throw new ConfigurationException($"durability {text} is unknown: it is flush or os"),
    };

    private static long? Number(IConfigurationSection section, ServerOption option, long from, long to)
    {
        string? text = section[option.Key];
        if (text is null)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= from && value <= to)
        {
            return value;
        }

        throw new ConfigurationException($"{option.Argument} {text} is invalid: it is a number from {from} to {to}");
    }
}
