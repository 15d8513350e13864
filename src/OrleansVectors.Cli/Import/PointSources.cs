using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>Opens the source for a format; to add a format, add it here and to <see cref="ImportFormat"/>.</summary>
internal static class PointSources
{
    public static IPointSource Open(ImportSettings settings, VectorSchema schema) => settings.Format switch
    {
        ImportFormat.Fvecs => new VectorPointSource(settings.File, VectorFileFormat.Fvecs, schema, settings.IdStart),
        ImportFormat.Bvecs => new VectorPointSource(settings.File, VectorFileFormat.Bvecs, schema, settings.IdStart),
        ImportFormat.Npy => new VectorPointSource(settings.File, VectorFileFormat.Npy, schema, settings.IdStart),
        ImportFormat.Jsonl => new JsonlPointSource(settings, schema),
        _ => new CsvPointSource(settings, schema),
    };
}
